package io.keyward.loadtest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The workloads are those that they are said to be. */
class WorkloadTest {
  @Test
  void theFirstTenAreThoseOfRedisBenchmark() {
    assertThat(Workload.basic()).hasSize(10).startsWith(Workload.SET).endsWith(Workload.MSET);
    assertThat(Workload.ofApplications())
        .startsWith(Workload.EVALSHA_LIMIT)
        .endsWith(Workload.GEOSEARCH)
        .noneMatch(Workload::isBasic)
        .noneMatch(Workload::sized);
  }

  @ParameterizedTest
  @EnumSource
  void noTemplateHoldsAPlaceholder(Workload workload) {
    assertThat(new String(workload.template(3).bytes(), ISO_8859_1))
        .doesNotContain("<value>", RequestTemplate.SLOT);
  }

  @Test
  void scriptsTravelAsTheTextsOfTheirSizeOrByHash() {
    assertThat(Workload.EVAL_APPEND.template(0).length()).isBetween(3_600, 4_000);
    assertThat(Workload.EVAL_ANNOUNCE_100.template(0).length()).isBetween(1_000, 1_300);
    assertThat(Workload.EVALSHA_LIMIT.template(0).length()).isLessThan(200);
    assertThat(Script.LIMITER.hash()).hasSize(40);
  }

  @Test
  void aRequestNamesTheStreamOfTheJobThatItNames() {
    RequestBatch batch = new RequestBatch(Workload.EVAL_APPEND.template(0), 1);
    byte[] sent = new byte[Workload.EVAL_APPEND.template(0).length()];
    batch.prepare(1, Workload.EVAL_APPEND.numbers(100_000, 3)).get(sent);
    String text = new String(sent, ISO_8859_1);
    String job = text.substring(text.indexOf("stream:{"), text.indexOf("}:job"));

    assertThat(text).contains(job + "}:chunks");
  }
}
