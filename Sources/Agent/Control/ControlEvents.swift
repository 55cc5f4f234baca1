import Foundation
import NIOCore
import ServiceLifecycle

/// Events as a stream of lines (application/x-ndjson), with a sign of life when nothing happens.
struct ControlEvents: Sendable {
  /// How often there is a sign of life.
  static let heartbeat = Duration.seconds(15)

  private struct Heartbeat: Encodable { var heartbeat: Date }

  /// Hands on a line for each event until the events end, the listener is gone, or the service is about to stop.
  ///
  /// The first line is a sign of life: whoever has it misses nothing from then on.
  static func write(
    _ events: AsyncStream<AgentEvent>, every pause: Duration = heartbeat,
    to write: (ByteBuffer) async throws -> Void
  ) async throws {
    let (lines, continuation) = AsyncStream.makeStream(
      of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(512))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await event in events { continuation.yield(try line(event)) }
        continuation.finish()
      }
      group.addTask {
        while true {
          continuation.yield(try line(Heartbeat(heartbeat: Date())))
          try await Task.sleep(for: pause)
        }
      }
      defer { group.cancelAll() }
      for await line in lines.cancelOnGracefulShutdown() { try await write(line) }
    }
  }

  private static func line(_ value: some Encodable) throws -> ByteBuffer {
    ByteBuffer(bytes: try ControlJSON.bytes(value) + [UInt8(ascii: "\n")])
  }
}
