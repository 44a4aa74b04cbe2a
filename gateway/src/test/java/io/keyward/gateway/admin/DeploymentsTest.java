package io.keyward.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.command.CommandGroup;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which deployments metrics show one by one when there are many. */
class DeploymentsTest {
  private final Deployments deployments = new Deployments(2);
  private final Map<String, Long> calls = new HashMap<>();
  private long now;

  /** Counts calls of 1 ms in a deployment. */
  private void call(String deployment, long count) {
    calls.merge(deployment, count, Long::sum);
  }

  private void take() {
    Map<String, DeploymentFigures> copied = new HashMap<>();
    calls.forEach(
        (name, count) -> {
          DeploymentFigures figures = new DeploymentFigures();
          figures
              .families()
              .put(
                  CommandGroup.STRING,
                  new DeploymentFigures.Family(
                      count, count * 1_000_000, DeploymentFigures.Family.NONE.times()));
          copied.put(name, figures);
        });
    now += 1_000_000_000L;
    deployments.take(copied, now);
  }

  private Map<String, Long> shown() {
    Map<String, Long> shown = new HashMap<>();
    deployments
        .byLabel()
        .forEach(
            (label, figures) ->
                shown.put(
                    label,
                    figures
                        .families()
                        .getOrDefault(CommandGroup.STRING, DeploymentFigures.Family.NONE)
                        .calls()));
    return shown;
  }

  @Test
  void allAreShownWhileTheyAreFew() {
    call("", 3);
    call("green", 4);
    take();
    assertThat(shown()).isEqualTo(Map.of(Deployments.WITHOUT_PREFIX, 3L, "green", 4L));
  }

  @Test
  void theBusiestAreShownAndTheOthersSummedUp() {
    call("blue", 50);
    call("green", 40);
    call("grey", 5);
    call("pink", 4);
    take();
    assertThat(shown()).isEqualTo(Map.of("blue", 50L, "green", 40L, Deployments.OTHERS, 9L));
  }

  @Test
  void theSumOfTheOthersNeverFalls() {
    call("blue", 50);
    call("green", 40);
    call("grey", 30);
    take();
    call("grey", 1000);
    take();
    assertThat(shown()).isEqualTo(Map.of("blue", 50L, "grey", 1030L, Deployments.OTHERS, 30L));
    calls.remove("green");
    call("blue", 1);
    take();
    assertThat(shown()).isEqualTo(Map.of("blue", 51L, "grey", 1030L, Deployments.OTHERS, 30L));
  }

  @Test
  void oneThatIsGoneIsShownNoMore() {
    call("blue", 1);
    take();
    calls.clear();
    call("green", 1);
    take();
    assertThat(shown()).isEqualTo(Map.of("green", 1L));
  }
}
