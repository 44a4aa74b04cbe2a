package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.gateway.Gateway;
import org.junit.jupiter.api.Test;

/** Clients leave open files for the data. */
class OpenFilesTest {
  @Test
  void maxclientsIsNoMoreThanTheSystemLetsBeOpen() throws Exception {
    LiveSettings live = LiveSettings.defaults();
    new OpenFiles(1192).bound(live);
    assertThat(live.number(Directive.MAXCLIENTS)).isEqualTo(1000);
    assertThatThrownBy(() -> live.set(Directive.MAXCLIENTS, "1001"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "The operating system is not able to handle the specified number of clients, try with"
                + " 1000");
    assertThat(live.number(Directive.MAXCLIENTS)).isEqualTo(1000);
    live.set(Directive.MAXCLIENTS, "500");
    assertThat(live.number(Directive.MAXCLIENTS)).isEqualTo(500);
  }

  @Test
  void whereThereIsRoomMaxclientsIsAsItWasSet() throws Exception {
    LiveSettings live = LiveSettings.defaults();
    new OpenFiles(1 << 20).bound(live);
    assertThat(live.number(Directive.MAXCLIENTS)).isEqualTo(10_000);
  }

  @Test
  void aGatewayAsksTheSystem() {
    try (Gateway gateway = Gateways.start("--maxclients", "4294967295")) {
      assertThat(gateway.server().live().number(Directive.MAXCLIENTS))
          .isEqualTo(Math.min(4_294_967_295L, OpenFiles.ofThisProcess().most() - 192));
    }
  }
}
