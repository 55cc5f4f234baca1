import Directory
import LDAP

/// A target as the configuration writes it.
package struct TargetSettings: Sendable {
  package enum Kind: Sendable {
    case attribute(AttributeSettings)
    case groups(GroupSettings)
    /// The path of the file.
    case file(String)
    case scim(SCIMSettings)
  }
  package var form: RoleTargetForm
  package var kind: Kind
  package var position: SourcePosition

  /// Whether changes by others are seen by following the directory: values of the persons whom it has, not groups, which
  /// it does not follow, nor what lies elsewhere.
  package var isFollowed: Bool { if case .attribute = kind { true } else { false } }

  package init(form: RoleTargetForm, kind: Kind, position: SourcePosition) {
    self.form = form
    self.kind = kind
    self.position = position
  }
}

/// Roles as values of an attribute of the person.
package struct AttributeSettings: Hashable, Sendable {
  /// By the server's name.
  package var attribute: String

  package init(attribute: String) { self.attribute = attribute }
}

/// Roles as groups, whose members are the persons who have them.
package struct GroupSettings: Hashable, Sendable {
  /// What is done where the last member goes.
  package enum Empty: Hashable, Sendable {
    case delete
    /// Where the class allows a group without members.
    case keep
    /// An entry that is a member of every group of ours, and counts for nobody.
    case standIn(DistinguishedName)
  }
  /// Under which all groups lie.
  package var base: DistinguishedName
  package var objectClass = "groupOfNames"
  package var memberAttribute = "member"
  package var empty = Empty.delete

  package init(base: DistinguishedName) { self.base = base }
}
