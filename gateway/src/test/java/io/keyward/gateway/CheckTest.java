package io.keyward.gateway;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.Settings;
import io.keyward.gateway.fixture.TestCertificate;
import io.keyward.gateway.server.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gateway/run check} finds in the files that settings name what would stop the start. */
class CheckTest {
  @TempDir Path directory;

  private static void check(List<String> options, String... more) throws Exception {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    Gateway.check(Settings.load(all, Map.of()));
  }

  @Test
  void certificatesHaveToServe() throws Exception {
    Path other =
        TestCertificate.another(Files.createDirectory(directory.resolve("other"))).privateKey();
    List<String> options = TestCertificate.create(directory).options("no");
    assertThatCode(() -> check(options)).doesNotThrowAnyException();
    assertThatThrownBy(() -> check(options, "--tls-key-file", other.toString()))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("tls-key-file does not hold the key of the certificate");
    assertThatThrownBy(() -> check(options, "--tls-protocols", "TLSv1.1"))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("tls-protocols takes TLSv1.2 and TLSv1.3");
    assertThatCode(() -> check(options, "--tls-port", "0", "--tls-key-file", other.toString()))
        .doesNotThrowAnyException();
  }

  @Test
  void usersHaveToBeUnderstood() throws Exception {
    Path users = directory.resolve("users.acl");
    Files.writeString(users, "user alice on >secret ~* +@all\n");
    List<String> options = List.of("--aclfile", users.toString());
    assertThatCode(() -> check(options)).doesNotThrowAnyException();
    Files.writeString(users, "user alice on +nosuchcommand\n");
    assertThatThrownBy(() -> check(options))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("aclfile " + users);
  }
}
