package io.keyward.engine.builtin.server;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** LOLWUT: a labyrinth that is different each time. */
final class LolwutCommand {
  private static final int WIDTH = 48;
  private static final int MOST_WIDTH = 1000;
  private static final int HEIGHT = 8;
  private static final String STONES = "╱╲";

  private LolwutCommand() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("lolwut", SERVER)
            .since("5.0.0")
            .summary("Draws a labyrinth.")
            .complexity("O(N) with N the width")
            .syntax("[VERSION version [width:integer]]")
            .arity(-1)
            .flags(READONLY, FAST)
            .handler(LolwutCommand::draw));
  }

  /**
   * Redis draws another picture for each of its versions; here the number is only checked. Like
   * Redis's latest, it does not look at arguments that are none of VERSION's.
   */
  private static void draw(Request request, Reply reply) {
    int width = WIDTH;
    if (request.count() > 2 && request.is(1, "VERSION")) {
      request.integer(2);
      width = request.count() > 3 ? Math.clamp(request.integer(3), 1, MOST_WIDTH) : WIDTH;
    }
    RandomGenerator random = Database.of(request).keyspace().home().random();
    StringBuilder picture = new StringBuilder((width + 1) * HEIGHT + 32);
    for (int row = 0; row < HEIGHT; row++) {
      for (int column = 0; column < width; column++) {
        picture.append(STONES.charAt(random.nextInt(STONES.length())));
      }
      picture.append('\n');
    }
    picture.append("\nKeyward, for clients of Redis ver. 7.2.6\n");
    reply.verbatim("txt", picture.toString().getBytes(StandardCharsets.UTF_8));
  }
}
