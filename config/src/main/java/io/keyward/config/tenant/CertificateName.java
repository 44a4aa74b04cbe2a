package io.keyward.config.tenant;

import java.util.Map;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.security.auth.x500.X500Principal;

/**
 * A name in a TLS client certificate. A subject equals one that is written with other spaces,
 * letters in another case or other escapes (RFC 5280, 7.1), but never a text that reads like it,
 * since who asks for a certificate may be free to choose such a one.
 */
public sealed interface CertificateName {

  /** The whole subject. */
  record Subject(LdapName name) implements CertificateName {}

  /** A common name or an alternative name. */
  record Text(String text) implements CertificateName {}

  /** What OpenSSL calls the attributes for which RFC 2253 has no name. */
  Map<String, String> ATTRIBUTES =
      Map.ofEntries(
          Map.entry("1.2.840.113549.1.9.1", "emailAddress"),
          Map.entry("2.5.4.4", "SN"),
          Map.entry("2.5.4.5", "serialNumber"),
          Map.entry("2.5.4.12", "title"),
          Map.entry("2.5.4.13", "description"),
          Map.entry("2.5.4.15", "businessCategory"),
          Map.entry("2.5.4.17", "postalCode"),
          Map.entry("2.5.4.41", "name"),
          Map.entry("2.5.4.42", "GN"),
          Map.entry("2.5.4.43", "initials"),
          Map.entry("2.5.4.46", "dnQualifier"),
          Map.entry("2.5.4.97", "organizationIdentifier"));

  /** The name that somebody has written: a subject if it reads like one (RFC 2253). */
  static CertificateName written(String text) {
    try {
      return text.contains("=") ? new Subject(new LdapName(text)) : new Text(text);
    } catch (InvalidNameException noSubject) {
      return new Text(text);
    }
  }

  /**
   * The subject of a certificate.
   *
   * @throws InvalidNameException if it cannot be read
   */
  static Subject of(X500Principal subject) throws InvalidNameException {
    return new Subject(new LdapName(subject.getName(X500Principal.RFC2253, ATTRIBUTES)));
  }
}
