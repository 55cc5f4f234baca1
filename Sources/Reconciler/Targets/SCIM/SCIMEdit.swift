import Directory

/// Values to be taken from, or given to, one user or group.
struct SCIMEdit: Sendable {
  enum Direction: Sendable { case remove, add }
  var direction: Direction
  var slot: SCIMSlot
  var id: String
  /// Roles, or ids of members.
  var values: [String]
  /// Whose the user must still be; `nil` for groups.
  var person: HSAIdentity?

  /// Whether a value is as it is to be.
  func isDone(_ value: String, _ resource: SCIMResource) -> Bool {
    let has = resource.values.contains { isSame($0, value) }
    return direction == .add ? has : !has
  }

  /// Values which are there and are to go, spelled as they stand there; those which are to come, as asked for.
  func spelled(_ value: String, in resource: SCIMResource) -> [String] {
    switch direction {
    case .add: [value]
    case .remove: resource.values.filter { isSame($0, value) }
    }
  }

  /// Whether nothing but the edit's values has gone from a resource.
  func leavesOthers(_ before: SCIMResource, _ after: SCIMResource) -> Bool {
    before.values.allSatisfy { old in
      after.values.contains { isSame($0, old) } || direction == .remove && values.contains { isSame($0, old) }
    }
  }

  /// Roles are one whatever the case of their letters; ids are not.
  func isSame(_ left: String, _ right: String) -> Bool {
    left == right
      || slot.resources == "Users" && RoleName.normalForm(left) == RoleName.normalForm(right)
  }

  // MARK: As a request

  /// RFC 7644 section 3.5.2, or a resource written back whole where the provider cannot do that.
  func request(_ open: [String], on resource: SCIMResource, _ features: SCIMFeatures) -> SCIMRequest {
    let values = open.flatMap { spelled($0, in: resource) }
    var request = SCIMRequest(path: [slot.resources, id])
    request.version = features.etag ? resource.version : nil
    if features.patch {
      request.method = .patch
      request.query = [("attributes", slot.attributes)]
      request.body = patch(values)
    } else {
      request.method = .put
      request.body = whole(values, resource.json)
    }
    return request
  }

  private func patch(_ values: [String]) -> SCIMJSON {
    let operations: [SCIMJSON] =
      switch direction {
      case .remove:
        values.map {
          ["op": "remove", "path": .string("\(slot.attribute)[value eq \(SCIMJSON.quoted($0))]")]
        }
      case .add:
        [
          [
            "op": "add", "path": .string(slot.attribute),
            "value": .array(values.map { ["value": .string($0)] }),
          ]
        ]
      }
    return [
      "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": .array(operations),
    ]
  }

  /// The resource as it was read, with other values.
  private func whole(_ values: [String], _ json: SCIMJSON) -> SCIMJSON {
    var json = json
    var elements = json[slot.attribute]?.elements ?? []
    switch direction {
    case .remove:
      elements.removeAll { element in SCIMResource.value(element).map { values.contains($0) } ?? false }
    case .add: elements += values.map { ["value": .string($0)] }
    }
    json[slot.attribute] = .array(elements)
    return json
  }
}
