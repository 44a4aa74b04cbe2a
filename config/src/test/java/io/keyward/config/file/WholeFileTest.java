package io.keyward.config.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is replaced whole or stays as it was. */
class WholeFileTest {
  @TempDir private Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void nothingButTheFileIsLeftBehind() throws IOException {
    Path file = folder.resolve("state.json");
    WholeFile.replace(file, bytes("a long former content"));
    WholeFile.replace(file, bytes("new"));
    assertThat(file).hasContent("new");
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
  }

  @Test
  void whoMightReadTheFormerFileMayReadTheNewOne() throws IOException {
    Path file = folder.resolve("state.json");
    WholeFile.replace(file, bytes("a"));
    assertThat(permissions(file)).isEqualTo("rw-------");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    WholeFile.replace(file, bytes("b"));
    assertThat(permissions(file)).isEqualTo("rw-r-----");
    WholeFile.replaceSecret(file, bytes("c"));
    assertThat(permissions(file)).isEqualTo("rw-------");
  }

  @Test
  void aFileThatCannotBeReplacedStaysAndNothingIsLeftBeside() throws IOException {
    Path file = Files.createDirectories(folder.resolve("state.json/inside")).getParent();
    assertThatThrownBy(() -> WholeFile.replace(file, bytes("new"))).isInstanceOf(IOException.class);
    assertThat(file).isDirectoryContaining("glob:**inside");
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
  }
}
