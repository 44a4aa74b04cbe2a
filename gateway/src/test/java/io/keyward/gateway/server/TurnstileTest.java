package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Ports;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections are let in one after the other, so that a storm leaves the others in peace. */
class TurnstileTest {
  private int accepts;

  /** A listening socket that is told to accept so many times. */
  private EmbeddedChannel listening() {
    EmbeddedChannel channel = new EmbeddedChannel(false, false);
    channel.config().setAutoRead(false);
    channel
        .pipeline()
        .addLast(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void read(ChannelHandlerContext context) {
                accepts++;
              }
            },
            new Turnstile(),
            new ChannelInboundHandlerAdapter());
    return channel;
  }

  @Test
  void letsNobodyElseInUntilItIsTold() throws Exception {
    EmbeddedChannel channel = listening();
    channel.register();
    channel.freezeTime();
    assertThat(accepts).isEqualTo(1);
    channel.pipeline().fireChannelRead("one");
    channel.pipeline().fireChannelReadComplete();
    channel.advanceTimeBy(Turnstile.MOST_MILLIS - 1, TimeUnit.MILLISECONDS);
    channel.runPendingTasks();
    assertThat(accepts).isEqualTo(1);
    channel.read();
    assertThat(accepts).isEqualTo(2);
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runPendingTasks();
    assertThat(accepts).isEqualTo(2);
  }

  @Test
  void doesNotWaitForALoopThatTakesItsTime() throws Exception {
    EmbeddedChannel channel = listening();
    channel.register();
    channel.freezeTime();
    for (int i = 1; i <= 3; i++) {
      channel.pipeline().fireChannelRead("one");
      channel.pipeline().fireChannelReadComplete();
      assertThat(accepts).isEqualTo(i);
      channel.advanceTimeBy(Turnstile.MOST_MILLIS, TimeUnit.MILLISECONDS);
      channel.runPendingTasks();
      assertThat(accepts).isEqualTo(i + 1);
    }
  }

  @Test
  void triesAgainWhereNobodyCouldBeLetIn() throws Exception {
    EmbeddedChannel channel = listening();
    channel.register();
    channel.freezeTime();
    channel.pipeline().fireChannelReadComplete();
    assertThat(accepts).isEqualTo(1);
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runPendingTasks();
    assertThat(accepts).isEqualTo(2);
  }

  @Test
  void allPortsOfATenantHaveOneTurn(@TempDir Path folder) throws Exception {
    int[] ports = new int[3];
    for (int i = 0; i < ports.length; i++) {
      ports[i] = Ports.free();
    }
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            tenants:
              shop: {deployments: {one: {ports: [%d]}, two: {ports: [%d]}}}
              bank: {deployments: {three: {ports: [%d]}}}
            """
                .formatted(ports[0], ports[1], ports[2]));
    EmbeddedChannel socket = new EmbeddedChannel();
    try (Gateway gateway = Gateways.startWith(Map.of(), file.toString())) {
      List<Object> owners = new ArrayList<>();
      for (int port : ports) {
        owners.add(Connections.owner(socket, gateway.server().tenancy().ofPort(port)));
      }
      assertThat(owners.get(0)).isEqualTo(owners.get(1)).isNotEqualTo(owners.get(2));
      assertThat(Connections.owner(socket, null)).isEqualTo(socket);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "nio"})
  void everybodyOfAStormGetsInAndWhoWasThereBeforeIsServed(String transport) {
    try (Gateway gateway =
        Gateways.start(Map.of("KEYWARD_TRANSPORT", transport, "KEYWARD_EVENT_LOOPS", "2"))) {
      int port = gateway.ports().redis();
      try (Wire before = Wire.to(port)) {
        List<Wire> storm = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
          Wire one = Wire.to(port);
          one.send("ECHO " + i + "\r\n");
          storm.add(one);
        }
        assertThat(before.ask("PING")).isEqualTo("+PONG");
        for (int i = 0; i < storm.size(); i++) {
          Wire one = storm.get(i);
          assertThat(one.line()).isEqualTo("$" + Integer.toString(i).length());
          assertThat(one.line()).isEqualTo(Integer.toString(i));
          one.close();
        }
        assertThat(before.ask("PING")).isEqualTo("+PONG");
      }
    }
  }
}
