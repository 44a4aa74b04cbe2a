package io.keyward.gateway;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

/** What the launcher has the JVM record its AOT cache of. */
class AotTrainingTest {
  @Test
  void everyStartOfTheTrainingSucceeds() {
    assertThatCode(AotTraining::run).doesNotThrowAnyException();
  }
}
