import LDAP

/// What names, titles and places are made of.
enum Words {
  static let given = words(
    """
    Anna Erik Maria Lars Karin Karl Eva Anders Kristina Johan Birgitta Per Ingrid Nils Marianne Mikael Sofia Jan
    Elisabeth Hans Åsa Göran Östen Ärling Märta Håkan Björn Sören Jörgen Malin Gun-Britt Karl-Erik Réne Zoë Fatima
    Ahmed Leyla Mohamed Agnieszka Tomasz Aino Väinö Bodil Torbjörn Lena Stig Greta Ragnar Maja Dag Disa Alma Ture
    Arvid Hjördis Åke Örjan Linnéa Annika Yngve Gustav Ellen Oskar Vera Olle Signe Ylva Love Saga Tage Tove Siv
    """)
  static let family = words(
    """
    Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson
    Åkesson Öberg Åström Söderström Sjögren Lindström Bäckström Hägglöf Ängström Östlund Åhlén Mårtensson Björklund
    Lindqvist Engström Hellström Löfgren Wåhlin Nyström Höglund Grönlund Rönnbäck Ask Fors Kvist Sand Hassan
    Ahlgren Ödman Widén Lidén Norén Sandén Ahmadi Haddad Kowalski Virtanen Nieminen Jansson Hansson Bengtsson
    Bergström Lundgren Mattsson Axelsson Bergman Fredriksson Holmberg Sandberg Sjöberg Wallin Nordin Holm Ekström
    """)
  static let titles: [(title: String, code: String)] = [
    ("Sjuksköterska", "206090"), ("Undersköterska", "207014"), ("Läkare", "201011"),
    ("Fysioterapeut", "207023"),
    ("Distriktssköterska", "206011"), ("Vårdenhetschef", "201090"), ("Medicinsk sekreterare", "207070"),
    ("Biomedicinsk analytiker", "206080"), ("Psykolog", "207040"), ("Arbetsterapeut", "207022"),
    ("Barnmorska", "206020"), ("Överläkare", "201010"), ("Röntgensjuksköterska", "206070"),
    ("Logoped", "207030"),
  ]
  static let towns = words(
    """
    Exempelstad Norrby Söderköping Åmåla Östervik Älvdala Björkhaga Mörby Håbo Ängeby Kvarnsjö Lövstad Västerås
    Sandviken Tallmora Gråbo Bäckhult Näsåker Rönnäng Södra Höghult Skogås Väröbacka Hällevik Åsele
    """)
  static let clinics = [
    "Medicinkliniken", "Kirurgkliniken", "Vårdcentral", "Barn- och ungdomskliniken", "Ögonmottagningen",
    "Hjärt- och lungkliniken", "Psykiatrin", "Röntgen, undersökning", "Rehabilitering", "Akutmottagningen",
    "Kvinnokliniken", "Öron-, näsa- och halskliniken", "Folktandvården", "Avdelning, kirurgi", "Dialysen",
  ]
  static let purposes = ["Vård och behandling", "Kvalitetssäkring", "Administration", "Statistik"]
  static let languages = ["en", "so", "ar", "fi", "pl", "ti", "fa"]

  private static func words(_ text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// The name as it stands in a mail address.
  static func plain(_ name: String) -> String {
    let letters: [Character: Character] = ["å": "a", "ä": "a", "ö": "o", "é": "e", "ë": "e"]
    return String(name.lowercased().map { letters[$0] ?? $0 })
  }

  /// A number in the digits and letters of HSA-ids' suffixes, at least four.
  static func suffix(_ number: Int) -> String {
    let digits = Array("0123456789BCDFGHJKLMNPQRSTVWXZ")
    var text = ""
    var rest = number
    while rest > 0 || text.count < 4 {
      text = String(digits[rest % digits.count]) + text
      rest /= digits.count
    }
    return text
  }
}
