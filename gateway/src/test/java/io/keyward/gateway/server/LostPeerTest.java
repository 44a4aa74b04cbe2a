package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client's machine goes off the network, so that neither an end nor a reset of its connection
 * ever arrives. The machine is a network namespace of Linux, which takes root to make; where that
 * cannot be done the tests are reported as aborted.
 */
@Timeout(300)
class LostPeerTest {
  private static final String MACHINE = "keyward-" + ProcessHandle.current().pid();
  private static final String OUR_END = "kw" + ProcessHandle.current().pid();
  private static final String OURS = "10.213.61.1";
  private static final String ITS = "10.213.61.2";

  private final List<Process> clients = new ArrayList<>();

  @BeforeEach
  void makeMachine() throws Exception {
    assumeTrue(does("ip", "netns", "add", MACHINE), "needs root and iproute2");
    run("ip", "link", "add", OUR_END, "type", "veth", "peer", "name", "away", "netns", MACHINE);
    run("ip", "address", "add", OURS + "/24", "dev", OUR_END);
    run("ip", "link", "set", OUR_END, "up");
    run("ip", "-n", MACHINE, "address", "add", ITS + "/24", "dev", "away");
    run("ip", "-n", MACHINE, "link", "set", "away", "up");
  }

  @AfterEach
  void removeMachine() throws Exception {
    for (Process client : clients) {
      client.destroyForcibly().waitFor();
    }
    // The namespace alone would take its end along, but only some time later.
    boolean _ = does("ip", "link", "delete", OUR_END);
    boolean _ = does("ip", "netns", "delete", MACHINE);
  }

  /** From now on nothing leaves the machine. */
  private static void cutOff() throws Exception {
    run("ip", "-n", MACHINE, "route", "add", "blackhole", OURS + "/32");
  }

  private static boolean does(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  private static void run(String... command) throws Exception {
    assertThat(does(command)).as(String.join(" ", command)).isTrue();
  }

  /** Sends a line from the machine, and reads nothing. */
  private void sendFromMachine(int port, String line) throws IOException {
    String script =
        "exec 3<>/dev/tcp/%s/%d; printf '%s\\r\\n' >&3; exec sleep 600".formatted(OURS, port, line);
    clients.add(
        new ProcessBuilder("ip", "netns", "exec", MACHINE, "bash", "-c", script)
            .inheritIO()
            .start());
  }

  private static Gateway start(String transport) {
    return Gateways.start(
        "--bind",
        "127.0.0.1 " + OURS,
        "--protected-mode",
        "no",
        "--tcp-keepalive",
        "1",
        "--transport",
        transport);
  }

  private static void await(Words wire, String question, String answer) throws Exception {
    while (!wire.call(question).equals(answer)) {
      Thread.sleep(5);
    }
  }

  /** The kernel's keep-alive does not ask while something waits to be acknowledged. */
  @ParameterizedTest
  @ValueSource(strings = {"auto", "epoll"})
  void whoeverIsGoneIsForgottenThoughOutputWaitsAndWhoeverDoesNotReadIsNot(String transport)
      throws Exception {
    try (Gateway gateway = start(transport);
        Words wire = new Words(gateway);
        Wire reader = Wire.to(gateway.ports().redis())) {
      reader.send("SUBSCRIBE channel\r\n").line();
      sendFromMachine(gateway.ports().redis(), "SUBSCRIBE channel");
      await(wire, "PUBSUB NUMSUB channel", "channel 2");
      // More than the sockets' buffers take.
      for (int i = 0; i < 100; i++) {
        assertThat(wire.call("PUBLISH channel " + "x".repeat(100_000))).isEqualTo("2");
      }
      cutOff();
      await(wire, "PUBSUB NUMSUB channel", "channel 1");
      assertThat(wire.call("CLIENT LIST")).contains("127.0.0.1:" + reader.socket().getLocalPort());
    }
  }

  /** What is asked of later connections says nothing of those that are there. */
  @Test
  void aConnectionIsJudgedByTheKeepAliveThatItBeganWith() throws Exception {
    losesItsSubscriber("CONFIG SET tcp-keepalive 1000");
  }

  /** As the first, but all that waits is in the kernel. */
  @Test
  void aSubscriberThatIsGoneIsForgotten() throws Exception {
    losesItsSubscriber("PING");
  }

  /** Two gateways at once, one on each transport, since each takes seconds to know. */
  private void losesItsSubscriber(String onceItHasCome) throws Exception {
    try (Gateway auto = start("auto");
        Gateway epoll = start("epoll");
        Words atAuto = new Words(auto);
        Words atEpoll = new Words(epoll)) {
      List<Words> wires = List.of(atAuto, atEpoll);
      sendFromMachine(auto.ports().redis(), "SUBSCRIBE channel");
      sendFromMachine(epoll.ports().redis(), "SUBSCRIBE channel");
      for (Words wire : wires) {
        await(wire, "PUBSUB NUMSUB channel", "channel 1");
        wire.call(onceItHasCome);
      }
      cutOff();
      for (Words wire : wires) {
        assertThat(wire.call("PUBLISH channel message")).isEqualTo("1");
      }
      for (Words wire : wires) {
        await(wire, "PUBSUB NUMSUB channel", "channel 0");
      }
    }
  }
}
