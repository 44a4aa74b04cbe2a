package io.keyward.engine.builtin.set;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.ElementTable;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.RandomSubset;
import io.keyward.engine.builtin.Selection;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.structure.IntegerSet;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackReply;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.util.random.RandomGenerator;

/** SPOP and SRANDMEMBER. */
final class RandomMembers {
  /** When fewer than one member in so many stays, the rest becomes a set of its own. */
  private static final int REST_SHARE = 5;

  /** To draw a member at random takes so many of the steps that {@link Slices#expect} counts. */
  private static final int WORK_OF_A_DRAW = 5;

  private RandomMembers() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("spop", SET)
            .since("1.0.0")
            .summary("Removes random members from a set and returns them.")
            .complexity("O(1), with count O(N) where N is the number of members returned")
            .syntax("key [count]")
            .arity(-2)
            .flags(WRITE, FAST)
            .key(1, RW, ACCESS, DELETE)
            .tips("nondeterministic_output")
            .handler(RandomMembers::spop));
    table.add(
        Command.named("srandmember", SET)
            .since("1.0.0")
            .summary("Returns random members of a set.")
            .complexity("O(1), with count O(N) where N is the number of members returned")
            .syntax("key [count]")
            .arity(-2)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .tips("nondeterministic_output")
            .handler(RandomMembers::srandmember));
  }

  private static RandomGenerator random(Entry set) {
    return set.database().keyspace().home().random();
  }

  private static void spop(Request request, Reply reply) {
    if (request.count() > 3) {
      throw Errors.SYNTAX;
    }
    if (request.count() == 3) {
      popSeveral(request, reply);
      return;
    }
    Database database = Database.of(request);
    Entry set = database.write(request, 1, Type.SET);
    if (set == null) {
      reply.nothing();
      return;
    }
    PoppedMembers popped = PoppedMembers.from(database, reply);
    popOne(set, reply);
    popped.writeEffect(request, 1);
    MemberWrites.removed(database, set, request, "spop", SetValue.size(set) == 0);
  }

  private static void popOne(Entry set, Reply reply) {
    Encoding encoding = set.encoding();
    if (encoding == Encoding.HASHTABLE) {
      ElementTable table = SetValue.table(set);
      int member = table.random(random(set));
      SetValue.send(table, member, reply);
      table.remove(member);
    } else {
      int index = random(set).nextInt(PackedSet.count(set, encoding));
      PackedSet.pop(set, encoding, index, reply);
      SetValue.shrink(set);
    }
  }

  private static void popSeveral(Request request, Reply reply) {
    long count = request.integer(2, 0, Long.MAX_VALUE, Errors.NOT_POSITIVE);
    Database database = Database.of(request);
    Entry set = database.write(request, 1, Type.SET);
    if (set == null || count == 0) {
      reply.set(0);
      return;
    }
    int size = SetValue.size(set);
    boolean all = count >= size;
    Slices.expect(request, size - count < count ? size : WORK_OF_A_DRAW * count);
    reply.set(Math.min(count, size));
    if (all) {
      SetValue.sendAll(set, reply);
      database.keyspace().effects().deleted(request, 1);
    } else {
      PoppedMembers popped = PoppedMembers.from(database, reply);
      popSome(set, size, (int) count, reply);
      popped.writeEffect(request, (int) count);
    }
    MemberWrites.removed(database, set, request, "spop", all);
  }

  private static void popSome(Entry set, int size, int count, Reply reply) {
    Encoding encoding = set.encoding();
    int rest = size - count;
    if (encoding != Encoding.HASHTABLE) {
      popInOnePass(new NewSet(set.database(), encoding), set, size, count, reply)
          .replacePacked(set);
    } else if ((long) rest * REST_SHARE > count) {
      Slices slices = set.database().keyspace().slices();
      for (int i = 0; i < count; i++) {
        slices.step();
        popOne(set, reply);
      }
    } else {
      popInOnePass(new NewSet(set.database(), Encoding.LISTPACK), set, size, count, reply)
          .replace(set);
    }
  }

  /** Sends the members that are chosen and gathers the others. */
  private static NewSet popInOnePass(NewSet rest, Entry set, int size, int count, Reply reply) {
    Selection selection = new Selection(random(set), size, count);
    SetValue.visit(
        set,
        (bytes, offset, length) -> {
          if (selection.next()) {
            reply.bulk(bytes, offset, length);
          } else {
            rest.add(bytes, offset, length);
          }
          return true;
        });
    return rest;
  }

  private static void srandmember(Request request, Reply reply) {
    if (request.count() > 3) {
      throw Errors.SYNTAX;
    }
    if (request.count() == 3) {
      sendSeveral(request, reply);
      return;
    }
    Entry set = Database.of(request).read(request, 1, Type.SET);
    if (set == null) {
      reply.nothing();
    } else {
      sendOne(set, reply);
    }
  }

  private static void sendOne(Entry set, Reply reply) {
    RandomGenerator random = random(set);
    switch (set.encoding()) {
      case INTSET -> reply.bulkInteger(IntegerSet.random(set.bytes(), set.start(), random));
      case LISTPACK -> {
        byte[] bytes = set.bytes();
        int index = random.nextInt(Listpack.count(bytes, set.start()));
        ListpackReply.send(bytes, Listpack.seek(bytes, set.start(), index), reply);
      }
      default -> {
        ElementTable table = SetValue.table(set);
        SetValue.send(table, table.random(random), reply);
      }
    }
  }

  private static void sendSeveral(Request request, Reply reply) {
    long count = request.integer(2);
    if (count == Long.MIN_VALUE) {
      throw Errors.notBetween(-Long.MAX_VALUE, Long.MAX_VALUE);
    }
    Entry set = Database.of(request).read(request, 1, Type.SET);
    if (set == null || count == 0) {
      reply.array(0);
      return;
    }
    Slices.expect(
        request,
        count < 0 ? -count : RandomSubset.WALK_SHARE * Math.min(count, SetValue.size(set)));
    if (count < 0 || count == 1) {
      reply.array(Math.abs(count));
      sendRepeatable(set, Math.abs(count), request, reply);
    } else {
      sendDistinct(set, count, reply);
    }
  }

  /** Draws with replacement: a member may come several times. */
  private static void sendRepeatable(Entry set, long count, Request request, Reply reply) {
    Slices slices = set.database().keyspace().slices();
    if (set.encoding() != Encoding.LISTPACK) {
      for (long i = 0; i < count && !request.client().closing(); i++) {
        slices.step();
        sendOne(set, reply);
      }
      return;
    }
    byte[] bytes = set.bytes();
    int[] members = new int[Listpack.count(bytes, set.start())];
    int at = Listpack.first(bytes, set.start());
    for (int i = 0; i < members.length; i++) {
      members[i] = at;
      at = Listpack.next(bytes, at);
    }
    RandomGenerator random = random(set);
    for (long i = 0; i < count && !request.client().closing(); i++) {
      slices.step();
      ListpackReply.send(bytes, members[random.nextInt(members.length)], reply);
    }
  }

  /** Draws without replacement: every choice of so many members has the same chance. */
  private static void sendDistinct(Entry set, long count, Reply reply) {
    int size = SetValue.size(set);
    reply.array(Math.min(count, size));
    if (count >= size) {
      SetValue.sendAll(set, reply);
    } else if (set.encoding() == Encoding.HASHTABLE) {
      ElementTable table = SetValue.table(set);
      Slices slices = set.database().keyspace().slices();
      RandomSubset.visit(
          table,
          (int) count,
          random(set),
          member -> {
            slices.step();
            SetValue.send(table, member, reply);
          });
    } else {
      Selection selection = new Selection(random(set), size, (int) count);
      SetValue.visit(
          set,
          (bytes, offset, length) -> {
            if (selection.next()) {
              reply.bulk(bytes, offset, length);
            }
            return selection.wanted() > 0;
          });
    }
  }
}
