package io.keyward.engine.builtin.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MissingRoomTest {
  @Test
  void aCommandThatThereIsNoMemoryForIsDoneOrNotAndLeavesNothingBehind() throws Exception {
    Class<?> program = FaultyAllocations.load(CommandsWithoutMemory.class);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    program
        .getMethod("run", PrintStream.class)
        .invoke(null, new PrintStream(said, true, StandardCharsets.UTF_8));
    assertThat(said.toString(StandardCharsets.UTF_8).strip()).isEqualTo("sound");
  }
}
