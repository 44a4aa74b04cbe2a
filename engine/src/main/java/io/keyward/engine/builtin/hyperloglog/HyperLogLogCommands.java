package io.keyward.engine.builtin.hyperloglog;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.MAY_REPLICATE;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.HYPERLOGLOG;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.INSERT;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.string.StringValue;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec;
import io.keyward.engine.command.KeySpec.Begin;
import io.keyward.engine.command.KeySpec.Find;
import java.util.Set;

/** PFADD, PFCOUNT and PFMERGE. */
public final class HyperLogLogCommands {
  /** The class of a change that no event tells. */
  static final int NO_EVENT = 0;

  /** To merge a key takes so many of the steps that {@link Slices#expect} counts. */
  private static final long STEPS_OF_A_MERGE = 100;

  private HyperLogLogCommands() {}

  public static void declare(CommandTable table) {
    table.add(
        Command.named("pfadd", HYPERLOGLOG)
            .since("2.8.9")
            .summary("Adds elements to a HyperLogLog, and says whether its estimate may change.")
            .complexity("O(1) for each element")
            .syntax("key [element [element ...]]")
            .arity(-2)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, INSERT)
            .handler(HyperLogLogCommands::add));
    table.add(
        Command.named("pfcount", HYPERLOGLOG)
            .since("2.8.9")
            .summary("Estimates how many different elements one or several HyperLogLogs have seen.")
            .complexity("O(1) for a key whose estimate is cached, else O(N) with N keys")
            .syntax("key [key ...]")
            .arity(-2)
            .flags(READONLY, MAY_REPLICATE)
            .keys(
                new KeySpec(
                    Set.of(RW, ACCESS),
                    new Begin.Index(1),
                    new Find.Range(-1, 1, 0),
                    "The estimate of a single key is cached in its value."))
            .handler(HyperLogLogCommands::count));
    table.add(
        Command.named("pfmerge", HYPERLOGLOG)
            .since("2.8.9")
            .summary("Makes a HyperLogLog what it would be had it seen the others' elements too.")
            .complexity("O(N) with N keys")
            .syntax("destkey [sourcekey [sourcekey ...]]")
            .arity(-2)
            .flags(WRITE, DENYOOM)
            .key(1, RW, ACCESS, INSERT)
            .keys(2, -1, 1, RO, ACCESS)
            .handler(HyperLogLogCommands::merge));
    HyperLogLogChecks.declare(table);
  }

  private static void add(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry entry = HyperLogLogValue.check(database.write(request, 1));
    boolean changed = entry == null;
    if (entry == null) {
      entry = HyperLogLogValue.create(database, request, 1);
    }
    for (int element = 2; element < request.count(); element++) {
      Slices.step(request);
      changed |= HyperLogLogValue.add(entry, request, 1, element);
    }
    if (changed) {
      HyperLogLogValue.invalidate(entry);
      database.changed(request, 1, KeyspaceNotifications.STRING, "pfadd");
    }
    reply.integer(changed);
  }

  private static void count(Request request, Reply reply) {
    Database database = Database.of(request);
    if (request.count() > 2) {
      reply.integer(countUnion(request, database));
      return;
    }
    Entry entry = HyperLogLogValue.check(database.read(request, 1));
    if (entry == null) {
      reply.integer(0);
      return;
    }
    long cardinality = HyperLogLogValue.cachedCardinality(entry);
    if (cardinality < 0) {
      cardinality = HyperLogLogValue.cardinality(entry);
      HyperLogLogValue.cacheCardinality(entry, cardinality);
      database.changed(request, 1, NO_EVENT, "pfcount");
      database.keyspace().effects().same(request);
    }
    reply.integer(cardinality);
  }

  private static void expectMerges(Request request) {
    Slices.expect(request, STEPS_OF_A_MERGE * (request.count() - 1));
  }

  private static long countUnion(Request request, Database database) {
    expectMerges(request);
    byte[] ranks = new byte[DenseRegisters.COUNT];
    for (int key = 1; key < request.count(); key++) {
      Slices.longStep(request);
      Entry entry = HyperLogLogValue.check(database.read(request, key));
      if (entry != null) {
        HyperLogLogValue.mergeInto(entry, ranks);
      }
    }
    int[] counts = new int[Cardinality.COUNTS];
    for (byte rank : ranks) {
      counts[rank]++;
    }
    return Cardinality.estimate(counts);
  }

  private static void merge(Request request, Reply reply) {
    expectMerges(request);
    Database database = Database.of(request);
    byte[] ranks = new byte[DenseRegisters.COUNT];
    boolean sparse = true;
    for (int key = 1; key < request.count(); key++) {
      Slices.longStep(request);
      Entry entry = HyperLogLogValue.check(database.read(request, key));
      if (entry != null) {
        HyperLogLogValue.mergeInto(entry, ranks);
        sparse &= HyperLogLogValue.sparse(entry);
      }
    }
    long most = database.keyspace().home().settings().number(Directive.HLL_SPARSE_MAX_BYTES);
    byte[] value = HyperLogLogValue.of(ranks, sparse, most);
    Entry present = database.write(request, 1);
    long expiry = present == null ? -1 : present.expiry();
    long cardinality = present == null ? 0 : HyperLogLogValue.cachedCardinality(present);
    StringValue.setRaw(database, present, request, 1, value, expiry);
    HyperLogLogValue.cacheCardinality(database.view(), cardinality);
    HyperLogLogValue.invalidate(database.view());
    database.changed(request, 1, KeyspaceNotifications.STRING, "pfadd");
    reply.ok();
  }
}
