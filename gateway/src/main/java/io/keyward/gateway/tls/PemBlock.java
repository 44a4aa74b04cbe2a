package io.keyward.gateway.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of a PEM file.
 *
 * @param label what it is, such as {@code PRIVATE KEY}
 * @param encrypted whether headers of its own say that its bytes are encrypted
 * @param der its bytes
 */
@SuppressWarnings("ArrayRecordComponent") // read once, compared by nobody
record PemBlock(String label, boolean encrypted, byte[] der) {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  /** What stands before the blank line behind headers such as {@code Proc-Type: 4,ENCRYPTED}. */
  private static final Pattern HEADERS =
      Pattern.compile("\\A\\s*[\\w-]+:.*?\\R[ \\t]*\\R", Pattern.DOTALL);

  /**
   * The blocks of a file in their order, whatever text stands between them.
   *
   * @throws IllegalArgumentException if one is not base64
   */
  static List<PemBlock> of(Path file) throws IOException {
    List<PemBlock> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    while (block.find()) {
      Matcher headers = HEADERS.matcher(block.group(2));
      boolean withHeaders = headers.find();
      String text = block.group(2).substring(withHeaders ? headers.end() : 0);
      blocks.add(
          new PemBlock(
              block.group(1),
              withHeaders && headers.group().contains("ENCRYPTED"),
              Base64.getMimeDecoder().decode(text)));
    }
    return blocks;
  }

  /**
   * The certificates of a file in their order; none if it is of another kind.
   *
   * @throws CertificateException if one is damaged
   */
  static List<X509Certificate> certificates(Path file) throws IOException, CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> found = new ArrayList<>();
    try {
      for (PemBlock block : of(file)) {
        if (block.label().endsWith("CERTIFICATE")) {
          found.add(
              (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der())));
        }
      }
    } catch (IllegalArgumentException noBase64) {
      throw new CertificateException(noBase64);
    }
    return found;
  }
}
