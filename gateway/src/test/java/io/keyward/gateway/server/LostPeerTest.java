package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
  /** Each takes seconds until its loss is known, so all are lost at once. */
  private static final ExecutorService scenes = Executors.newVirtualThreadPerTaskExecutor();

  private static final List<Machine> machines = new ArrayList<>();
  private static final Map<String, Future<?>> outputWaits = new HashMap<>();
  private static Future<?> judgedAnew;
  private static Future<?> lost;

  @BeforeAll
  static void start() throws Exception {
    for (int number = 0; number < 4; number++) {
      Machine machine = new Machine(number);
      machines.add(machine);
      machine.connect();
    }
    outputWaits.put("auto", scenes.submit(() -> outputWaits(machines.get(0), "auto")));
    outputWaits.put("epoll", scenes.submit(() -> outputWaits(machines.get(1), "epoll")));
    judgedAnew =
        scenes.submit(() -> losesItsSubscriber(machines.get(2), "CONFIG SET tcp-keepalive 1000"));
    lost = scenes.submit(() -> losesItsSubscriber(machines.get(3), "PING"));
  }

  @AfterAll
  static void end() throws Exception {
    scenes.shutdownNow();
    scenes.close();
    for (Machine machine : machines) {
      machine.remove();
    }
  }

  /** The client's machine, with a network of its own and of ours. */
  private static final class Machine {
    private final String name;
    private final String ourEnd;
    private final String ours;
    private final String its;
    private final List<Process> clients = new ArrayList<>();

    Machine(int number) {
      long process = ProcessHandle.current().pid();
      name = "keyward-" + process + "-" + number;
      ourEnd = "kw" + process + "n" + number;
      String network = "10.213." + process % 250 + ".";
      ours = network + (4 * number + 1);
      its = network + (4 * number + 2);
    }

    void connect() throws Exception {
      assumeTrue(does("ip", "netns", "add", name), "needs root and iproute2");
      run("ip", "link", "add", ourEnd, "type", "veth", "peer", "name", "away", "netns", name);
      run("ip", "address", "add", ours + "/30", "dev", ourEnd);
      run("ip", "link", "set", ourEnd, "up");
      run("ip", "-n", name, "address", "add", its + "/30", "dev", "away");
      run("ip", "-n", name, "link", "set", "away", "up");
    }

    void remove() throws Exception {
      for (Process client : clients) {
        client.destroyForcibly().waitFor();
      }
      // The namespace alone would take its end along, but only some time later.
      boolean _ = does("ip", "link", "delete", ourEnd);
      boolean _ = does("ip", "netns", "delete", name);
    }

    /** From now on nothing leaves the machine. */
    void cutOff() throws Exception {
      run("ip", "-n", name, "route", "add", "blackhole", ours + "/32");
    }

    /** Sends a line from the machine, and reads nothing. */
    void send(int port, String line) throws IOException {
      String script =
          "exec 3<>/dev/tcp/%s/%d; printf '%s\\r\\n' >&3; exec sleep 600"
              .formatted(ours, port, line);
      clients.add(
          new ProcessBuilder("ip", "netns", "exec", name, "bash", "-c", script)
              .inheritIO()
              .start());
    }

    Gateway gateway(String transport) {
      return Gateways.start(
          "--bind",
          "127.0.0.1 " + ours,
          "--protected-mode",
          "no",
          "--tcp-keepalive",
          "1",
          "--transport",
          transport);
    }
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
    outputWaits.get(transport).get();
  }

  /** What is asked of later connections says nothing of those that are there. */
  @Test
  void aConnectionIsJudgedByTheKeepAliveThatItBeganWith() throws Exception {
    judgedAnew.get();
  }

  /** As the first, but all that waits is in the kernel. */
  @Test
  void aSubscriberThatIsGoneIsForgotten() throws Exception {
    lost.get();
  }

  private static Void outputWaits(Machine machine, String transport) throws Exception {
    try (Gateway gateway = machine.gateway(transport);
        Words wire = new Words(gateway);
        Wire reader = Wire.to(gateway.ports().redis())) {
      reader.send("SUBSCRIBE channel\r\n").line();
      machine.send(gateway.ports().redis(), "SUBSCRIBE channel");
      await(wire, "PUBSUB NUMSUB channel", "channel 2");
      // More than the sockets' buffers take.
      for (int i = 0; i < 100; i++) {
        assertThat(wire.call("PUBLISH channel " + "x".repeat(100_000))).isEqualTo("2");
      }
      machine.cutOff();
      await(wire, "PUBSUB NUMSUB channel", "channel 1");
      assertThat(wire.call("CLIENT LIST")).contains("127.0.0.1:" + reader.socket().getLocalPort());
    }
    return null;
  }

  /** On each of the transports. */
  private static Void losesItsSubscriber(Machine machine, String onceItHasCome) throws Exception {
    try (Gateway auto = machine.gateway("auto");
        Gateway epoll = machine.gateway("epoll");
        Words atAuto = new Words(auto);
        Words atEpoll = new Words(epoll)) {
      List<Words> wires = List.of(atAuto, atEpoll);
      machine.send(auto.ports().redis(), "SUBSCRIBE channel");
      machine.send(epoll.ports().redis(), "SUBSCRIBE channel");
      for (Words wire : wires) {
        await(wire, "PUBSUB NUMSUB channel", "channel 1");
        wire.call(onceItHasCome);
      }
      machine.cutOff();
      for (Words wire : wires) {
        assertThat(wire.call("PUBLISH channel message")).isEqualTo("1");
      }
      for (Words wire : wires) {
        await(wire, "PUBSUB NUMSUB channel", "channel 0");
      }
    }
    return null;
  }
}
