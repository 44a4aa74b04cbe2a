package io.keyward.config.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import javax.naming.InvalidNameException;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands in keyward.yaml for a name in a certificate. */
class CertificateNameTest {
  private static CertificateName shown(String subject) throws InvalidNameException {
    return CertificateName.of(new X500Principal(subject));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CN=svc, OU=Payments, O=Acme Corp, C=DE | CN=svc,OU=Payments,O=Acme Corp,C=DE
          CN=svc, OU=Payments, O=Acme Corp, C=DE | cn = SVC, ou=payments, o=acme corp, c=de
          CN="Acme, Inc"                         | CN=Acme\\, Inc
          CN=Jürgen                              | CN=J\\C3\\BCrgen
          EMAILADDRESS=app@example.org, CN=app   | emailAddress=app@example.org,CN=app
          SERIALNUMBER=7, CN=app                 | serialNumber=7,CN=app
          CN=app + O=Acme, C=DE                  | O=Acme+CN=app,C=DE
          """)
  void aSubjectIsWrittenAsOpensslPrintsItOrMuchLikeThat(String subject, String written)
      throws InvalidNameException {
    assertThat(CertificateName.written(written)).isEqualTo(shown(subject));
    assertThat(CertificateName.written(written)).hasSameHashCodeAs(shown(subject));
  }

  @Test
  void anotherSubjectIsAnother() throws InvalidNameException {
    assertThat(CertificateName.written("CN=svc,O=Acme")).isNotEqualTo(shown("CN=svc"));
    assertThat(CertificateName.written("O=Acme,CN=svc")).isNotEqualTo(shown("CN=svc, O=Acme"));
  }

  @Test
  void aTextThatReadsLikeASubjectIsNone() throws InvalidNameException {
    CertificateName subject = CertificateName.written("CN=admin,O=Acme");
    assertThat(subject)
        .isEqualTo(shown("CN=admin, O=Acme"))
        .isNotEqualTo(new CertificateName.Text("CN=admin,O=Acme"));
  }

  @Test
  void whatIsNoSubjectIsAText() {
    for (String text :
        new String[] {
          "batch.example.org", "Acme, Inc", "spiffe://example.org/chat?a=b", "10.1.2.3"
        }) {
      assertThat(CertificateName.written(text)).isEqualTo(new CertificateName.Text(text));
    }
  }
}
