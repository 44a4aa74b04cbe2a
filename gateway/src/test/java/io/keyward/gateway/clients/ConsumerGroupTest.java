package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RunningGateway;
import io.lettuce.core.Consumer;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAutoClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.models.stream.ClaimedMessages;
import io.lettuce.core.models.stream.PendingMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Consumer groups of streams through Lettuce. */
@ExtendWith(GatewayExtension.class)
@SuppressWarnings("unchecked") // Lettuce takes stream offsets as generic varargs.
class ConsumerGroupTest {
  private static final String STREAM = "orders";
  private static final String GROUP = "packers";
  private static final StreamOffset<String> NEW = StreamOffset.lastConsumed(STREAM);
  private static final Consumer<String> ANN = Consumer.from(GROUP, "ann");
  private static final Consumer<String> BOB = Consumer.from(GROUP, "bob");

  private RedisClient client;
  private RedisCommands<String, String> redis;

  @BeforeEach
  void connect(RunningGateway gateway) {
    client = RedisClient.create(RedisURI.create(gateway.open().url()));
    redis = client.connect().sync();
    redis.flushall();
    redis.xgroupCreate(StreamOffset.from(STREAM, "0"), GROUP, XGroupCreateArgs.Builder.mkstream());
  }

  @AfterEach
  void disconnect() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(10));
  }

  private List<String> add(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(redis.xadd(STREAM, Map.of("number", Integer.toString(i))));
    }
    return ids;
  }

  private static List<String> ids(List<StreamMessage<String, String>> messages) {
    return messages.stream().map(StreamMessage::getId).toList();
  }

  @Test
  void eachMessageGoesToOneConsumer() {
    List<String> added = add(20);
    List<String> anns = ids(redis.xreadgroup(ANN, XReadArgs.Builder.count(12), NEW));
    List<String> bobs = ids(redis.xreadgroup(BOB, XReadArgs.Builder.count(12), NEW));
    assertThat(anns).isEqualTo(added.subList(0, 12));
    assertThat(bobs).isEqualTo(added.subList(12, 20));
    assertThat(redis.xreadgroup(ANN, NEW)).isEmpty();
    assertThat(redis.xpending(STREAM, GROUP).getConsumerMessageCount())
        .isEqualTo(Map.of("ann", 12L, "bob", 8L));

    assertThat(redis.xack(STREAM, GROUP, anns.toArray(String[]::new))).isEqualTo(12);
    assertThat(redis.xpending(STREAM, GROUP).getConsumerMessageCount())
        .isEqualTo(Map.of("bob", 8L));
    assertThat(ids(redis.xreadgroup(BOB, StreamOffset.from(STREAM, "0")))).isEqualTo(bobs);
  }

  @Test
  void whatOneLeavesAnotherClaims() throws Exception {
    List<String> added = add(3);
    redis.xreadgroup(ANN, NEW);
    Waiting.until(
        "idle messages",
        () ->
            redis.xpending(STREAM, GROUP, Range.unbounded(), Limit.from(10)).stream()
                .allMatch(pending -> pending.getMsSinceLastDelivery() >= 5));
    assertThat(ids(redis.xclaim(STREAM, BOB, 5, added.getFirst())))
        .containsExactly(added.getFirst());
    ClaimedMessages<String, String> claimed =
        redis.xautoclaim(
            STREAM, XAutoClaimArgs.Builder.xautoclaim(BOB, Duration.ZERO, "0").count(2));
    assertThat(ids(claimed.getMessages())).isEqualTo(added.subList(0, 2));
    assertThat(claimed.getId()).isEqualTo(added.getLast());
    List<PendingMessage> pending = redis.xpending(STREAM, GROUP, Range.unbounded(), Limit.from(10));
    assertThat(pending)
        .extracting(PendingMessage::getConsumer)
        .containsExactly("bob", "bob", "ann");
    assertThat(pending).extracting(PendingMessage::getRedeliveryCount).containsExactly(3L, 2L, 1L);
  }

  @Test
  void aWaitingConsumerGetsWhatComes() throws Exception {
    RedisFuture<List<StreamMessage<String, String>>> waiting =
        client.connect().async().xreadgroup(ANN, XReadArgs.Builder.block(Patience.DURATION), NEW);
    Waiting.until(
        "a blocked client", () -> redis.info("clients").contains("blocked_clients:1\r\n"));
    List<String> added = add(1);
    List<StreamMessage<String, String>> messages =
        waiting.get(Patience.MILLIS, TimeUnit.MILLISECONDS);
    assertThat(ids(messages)).isEqualTo(added);
    assertThat(messages.getFirst().getBody()).isEqualTo(Map.of("number", "0"));
  }

  @Test
  void groupsAreLookedAfter() {
    assertThatThrownBy(() -> redis.xgroupCreate(StreamOffset.from(STREAM, "0"), GROUP))
        .isInstanceOf(RedisBusyException.class)
        .hasMessage("BUSYGROUP Consumer Group name already exists");
    assertThat(redis.xgroupCreateconsumer(STREAM, ANN)).isTrue();
    assertThat(redis.xgroupCreateconsumer(STREAM, BOB)).isTrue();
    assertThat(new TreeSet<>(names(redis.xinfoConsumers(STREAM, GROUP))))
        .containsExactly("ann", "bob");
    add(2);
    redis.xreadgroup(ANN, NEW);
    assertThat(redis.xgroupDelconsumer(STREAM, ANN)).isEqualTo(2);
    assertThat(names(redis.xinfoGroups(STREAM))).containsExactly(GROUP);
    assertThat(redis.xgroupDestroy(STREAM, GROUP)).isTrue();
    assertThat(redis.xinfoGroups(STREAM)).isEmpty();
  }

  /** The names in what XINFO tells: each entry begins with its name. */
  private static List<String> names(List<Object> told) {
    return told.stream().map(entry -> ((List<?>) entry).get(1).toString()).toList();
  }
}
