package io.keyward.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The page of commands in the repository is what the declarations say. */
class CommandReferenceTest {
  private static final Path PAGE = Path.of("..", "engine", "COMMANDS.md");
  private static final String REMEDY =
      "engine/COMMANDS.md is not what the declarations say: make it anew by"
          + " gateway/run commands > engine/COMMANDS.md";

  @Test
  void pageIsCurrent() throws Exception {
    List<String> page = Files.readAllLines(PAGE);
    List<String> current = CommandReference.text().lines().toList();
    // Only the lines that differ are shown.
    TreeSet<String> lacking = new TreeSet<>(current);
    page.forEach(lacking::remove);
    assertThat(lacking).as(REMEDY).isEmpty();
    TreeSet<String> outdated = new TreeSet<>(page);
    current.forEach(outdated::remove);
    assertThat(outdated).as(REMEDY).isEmpty();
    assertThat(page.equals(current)).as(REMEDY).isTrue();
  }
}
