package io.keyward.gateway.clients;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.GatewayProcess;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Response;
import redis.clients.jedis.Transaction;

/** Values of many megabytes, byte for byte, in a process with a heap of a quarter of a gigabyte. */
class LongValuesTest {
  private static final byte[] KEY = {'k'};
  private static final byte[] OTHER = {'o'};

  @TempDir Path data;

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static boolean same(byte[] one, byte[] other) {
    return Arrays.equals(one, other);
  }

  private GatewayProcess start(String... options) throws IOException {
    return GatewayProcess.start(data, List.of(), Map.of(), options);
  }

  @Test
  void isWhatWasSetAppendedOverwrittenAndCopied() throws IOException {
    byte[] biggest = random(9, 64 << 20);
    byte[] value = random(1, 16 << 20);
    try (GatewayProcess gateway = start("--save", "", "--appendonly", "no");
        Jedis client = gateway.client()) {
      assertThat(client.set(KEY, biggest)).isEqualTo("OK");
      assertThat(same(client.get(KEY), biggest)).isTrue();
      assertThat(client.set(KEY, value)).isEqualTo("OK");
      assertThat(same(client.get(KEY), value)).isTrue();
      assertThat(client.copy(KEY, OTHER, false)).isTrue();
      byte[] more = random(2, 300_000);
      assertThat(client.append(KEY, more)).isEqualTo(value.length + more.length);
      byte[] over = random(3, 1 << 20);
      client.setrange(KEY, 777_777, over);
      assertThat(same(client.get(OTHER), value)).as("the copy stays as it was").isTrue();
      byte[] expected = Arrays.copyOf(value, value.length + more.length);
      System.arraycopy(more, 0, expected, value.length, more.length);
      System.arraycopy(over, 0, expected, 777_777, over.length);
      assertThat(same(client.get(KEY), expected)).isTrue();
      Transaction transaction = client.multi();
      Response<byte[]> before = transaction.get(OTHER);
      transaction.set(OTHER, more);
      Response<byte[]> after = transaction.get(OTHER);
      transaction.exec();
      assertThat(same(before.get(), value)).isTrue();
      assertThat(same(after.get(), more)).isTrue();
    }
  }

  /** A reader gets what the value was when its request was executed, however late it reads. */
  @Test
  void isSentAsItWasWhateverBecomesOfItMeanwhile() throws IOException {
    byte[] value = random(4, 40 << 20);
    try (GatewayProcess gateway = start("--save", "", "--appendonly", "no");
        Jedis client = gateway.client();
        Socket slow = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      client.set(KEY, value);
      slow.getOutputStream().write("GET k\r\nSTRLEN k\r\n".getBytes(US_ASCII));
      DataInputStream in = new DataInputStream(slow.getInputStream());
      byte[] header = in.readNBytes("$41943040\r\n".length());
      assertThat(new String(header, US_ASCII)).isEqualTo("$41943040\r\n");
      client.setrange(KEY, 30 << 20, random(5, 10 << 20));
      client.append(KEY, random(6, 1000));
      client.del(KEY);
      assertThat(same(in.readNBytes(value.length), value)).isTrue();
      assertThat(new String(in.readNBytes(6), US_ASCII)).isEqualTo("\r\n:0\r\n");
      assertThat(client.ping()).isEqualTo("PONG");
    }
  }

  @Test
  void isThereAfterAKillAndASnapshot() throws Exception {
    byte[] value = random(7, 8 << 20);
    byte[] more = random(8, 1 << 20);
    String[] options = {"--save", "", "--appendonly", "yes", "--appendfsync", "always"};
    try (GatewayProcess gateway = start(options);
        Jedis client = gateway.client()) {
      client.set(KEY, value);
      client.append(KEY, more);
      Transaction transaction = client.multi();
      transaction.set(OTHER, more);
      transaction.append(OTHER, more);
      transaction.set("small", "s");
      transaction.exec();
    }
    byte[] all = Arrays.copyOf(value, value.length + more.length);
    System.arraycopy(more, 0, all, value.length, more.length);
    byte[] twice = Arrays.copyOf(more, 2 * more.length);
    System.arraycopy(more, 0, twice, more.length, more.length);
    try (GatewayProcess gateway = start(options);
        Jedis client = gateway.client()) {
      assertThat(same(client.get(KEY), all)).isTrue();
      assertThat(same(client.get(OTHER), twice)).isTrue();
      assertThat(client.get("small")).isEqualTo("s");
      client.bgrewriteaof();
      client.setrange(KEY, 5_000_000, more);
      System.arraycopy(more, 0, all, 5_000_000, more.length);
      Waiting.until(
          "the rewrite", () -> client.info("persistence").contains("aof_rewrite_in_progress:0"));
    }
    try (GatewayProcess gateway = start(options);
        Jedis client = gateway.client()) {
      assertThat(same(client.get(KEY), all)).isTrue();
      assertThat(same(client.get(OTHER), twice)).isTrue();
      byte[] payload = client.dump(KEY);
      client.restore(new byte[] {'r'}, 0, payload);
      assertThat(same(client.get(new byte[] {'r'}), all)).isTrue();
    }
  }
}
