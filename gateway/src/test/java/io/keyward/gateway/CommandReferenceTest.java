package io.keyward.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CommandReferenceTest {
  private static final Path PAGE = Path.of("..", "engine", "COMMANDS.md");

  @Test
  void pageIsCurrent() throws Exception {
    assertThat(Files.readString(PAGE))
        .as(
            "%s is not what the declarations say; make it anew:"
                + " gateway/run commands > engine/COMMANDS.md",
            PAGE)
        .isEqualTo(CommandReference.text());
  }
}
