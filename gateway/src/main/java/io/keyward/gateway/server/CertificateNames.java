package io.keyward.gateway.server;

import io.keyward.config.tenant.CertificateName;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The names by which a client's certificate may stand for a login. */
final class CertificateNames {
  private static final Logger log = LoggerFactory.getLogger(CertificateNames.class);

  /** RFC 5280, 4.2.1.6: rfc822Name, dNSName, uniformResourceIdentifier and iPAddress. */
  private static final List<Integer> TEXT_NAMES = List.of(1, 2, 6, 7);

  private CertificateNames() {}

  /**
   * The names of the peer's certificate, which has been verified: the whole subject, its common
   * name, the alternative names in their order. None if it has shown no certificate.
   */
  static List<CertificateName> ofPeer(SslHandler tls) {
    try {
      return tls.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate shown
          ? names(shown)
          : List.of();
    } catch (SSLPeerUnverifiedException none) {
      return List.of();
    } catch (CertificateParsingException | NamingException odd) {
      log.warn("A client certificate has names that cannot be read: {}", odd.getMessage());
      return List.of();
    }
  }

  private static List<CertificateName> names(X509Certificate certificate)
      throws CertificateParsingException, NamingException {
    List<CertificateName> names = new ArrayList<>();
    CertificateName.Subject subject = CertificateName.of(certificate.getSubjectX500Principal());
    names.add(subject);
    for (Rdn part : subject.name().getRdns()) {
      Attribute common = part.toAttributes().get("CN");
      if (common != null) {
        names.add(new CertificateName.Text(String.valueOf(common.get())));
      }
    }
    Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
    if (alternatives != null) {
      for (List<?> alternative : alternatives) {
        if (alternative.get(0) instanceof Integer kind && TEXT_NAMES.contains(kind)) {
          names.add(new CertificateName.Text(String.valueOf(alternative.get(1))));
        }
      }
    }
    return names;
  }
}
