package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** DEBUG RELOAD loads what was saved, beside what is there or in its place. */
class DebugReloadTest {
  private static final String LOAD =
      "FUNCTION LOAD #!lua\tname=%s\nredis.register_function('%s',function()return'%s'end)";
  private static final String NOT_LOADED =
      "ERR Error trying to load the RDB dump, check server logs.";

  private final Gateway gateway =
      Gateways.start("--appendonly", "no", "--save", "", "--enable-debug-command", "yes");
  private final Words wire = new Words(gateway);

  @BeforeEach
  void fill() {
    wire.call("SET kept 1");
    wire.call(LOAD.formatted("first", "f", "first"));
    assertThat(wire.call("SAVE")).isEqualTo("OK");
  }

  @AfterEach
  void stop() throws Exception {
    wire.close();
    gateway.close();
  }

  @Test
  void whatIsThereGoesBefore() {
    wire.call("SET later 1");
    assertThat(wire.call("DEBUG RELOAD NOSAVE")).isEqualTo("OK");
    assertThat(wire.call("KEYS *")).isEqualTo("kept");
    wire.call("SET later 1");
    assertThat(wire.call("DEBUG RELOAD NOSAVE MERGE")).isEqualTo("OK");
    assertThat(wire.call("KEYS *")).isEqualTo("kept");
  }

  @Test
  void withoutMergeNothingMayBeThereThatTheFileHas() {
    assertThat(wire.call("DEBUG RELOAD NOSAVE NOFLUSH")).isEqualTo(NOT_LOADED);
    wire.call("FUNCTION FLUSH");
    assertThat(wire.call("DEBUG RELOAD NOSAVE NOFLUSH")).isEqualTo(NOT_LOADED);
    wire.call("FUNCTION FLUSH");
    wire.call("DEL kept");
    wire.call("SET later 1");
    assertThat(wire.call("DEBUG RELOAD NOSAVE NOFLUSH")).isEqualTo("OK");
    assertThat(wire.call("MGET kept later")).isEqualTo("1 1");
    assertThat(wire.call("FCALL f 0")).isEqualTo("first");
  }

  @Test
  void withMergeTheFilePrevails() {
    wire.call("SET kept 2");
    wire.call("SET later 1");
    wire.call(LOAD.formatted("second", "g", "second"));
    assertThat(wire.call("DEBUG RELOAD NOSAVE NOFLUSH MERGE")).isEqualTo("OK");
    assertThat(wire.call("MGET kept later")).isEqualTo("1 1");
    assertThat(wire.call("FCALL f 0") + wire.call("FCALL g 0")).isEqualTo("firstsecond");
  }
}
