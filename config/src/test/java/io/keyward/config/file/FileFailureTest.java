package io.keyward.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** Whoever reads of a failure learns its reason, and not only which file it was. */
class FileFailureTest {
  @Test
  void theReasonIsToldWhereTheMessageIsTheFileAlone() {
    assertThat(FileFailure.text(new AccessDeniedException("/data/a")))
        .isEqualTo("/data/a: permission denied");
    assertThat(FileFailure.text(new NoSuchFileException("/data/a")))
        .isEqualTo("/data/a: there is no such file or folder");
    assertThat(
            FileFailure.text(new FileSystemException("/data/a", null, "No space left on device")))
        .isEqualTo("/data/a: No space left on device");
    assertThat(FileFailure.text(new IOException("No space left on device")))
        .isEqualTo("No space left on device");
    assertThat(FileFailure.text(new IOException())).isEqualTo("java.io.IOException");
  }
}
