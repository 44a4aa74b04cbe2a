package io.keyward.gateway.server;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.command.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Draws requests by which one deployment might reach another one, from the syntax that each command
 * declares.
 */
final class HostileRequests {
  /** The names, patterns, tokens and scripts that the arguments are made of. */
  static final List<String> WORDS =
      List.of(
          "green",
          "green::key",
          "green::" + "k1",
          "::green::k1",
          "k1",
          "k2",
          "k3",
          "k4",
          "k5",
          "BANS:k1",
          "mall~shared::BANS:k1",
          "*",
          "green*",
          "*::*",
          "[^x]*",
          "STORE",
          "STREAMS",
          "KEYS",
          "COUNT",
          "shop.green",
          "..",
          "../green",
          "0",
          "-1",
          "1",
          "2",
          "return redis.call('KEYS','*')",
          "return redis.call('GET','green::k1')",
          "return redis.call('GET','mall~shared::BANS:k1')",
          "return redis.call('SET','BANS:k1','x')",
          "return {redis.call('SCAN','0'),redis.call('RANDOMKEY')}");

  private static final Set<String> NUMBERS =
      Set.of("numkeys", "timeout", "longitude", "latitude", "radius", "count");

  private static final List<String> OF_BLUE =
      List.of(
          "blue::k1",
          "blue::k2",
          "blue::k3",
          "blue::k4",
          "blue::k5",
          "blue::new",
          "blue::*",
          "0",
          "-1",
          "1",
          "2",
          "STORE",
          "STREAMS",
          "return redis.call('SET',KEYS[1],'x')");

  private HostileRequests() {}

  private static String value(String name, SplittableRandom random, String favourite) {
    if (!favourite.isEmpty() && random.nextInt(4) != 0) {
      return favourite;
    }
    return switch (name) {
      case "numkeys" -> "1";
      case "seconds", "milliseconds", "timeout", "ttl" -> random.nextBoolean() ? "1" : "0.01";
      case "cursor" -> "0";
      default -> WORDS.get(random.nextInt(WORDS.size()));
    };
  }

  /**
   * A form of a command whose arguments are made to reach the deployment green and what another
   * tenant shares; some have more arguments than the command takes.
   *
   * @param favourite the word that most of the arguments are; empty for none
   */
  static String[] against(Command command, SplittableRandom random, String favourite) {
    List<String> words = new ArrayList<>(List.of(command.fullName().split("\\|")));
    words.addAll(
        SyntaxSample.draw(command.syntax(), random, name -> value(name, random, favourite)));
    while (words.size() < Math.abs(command.arity())) {
      words.add(WORDS.get(random.nextInt(WORDS.size())));
    }
    if (random.nextInt(4) == 0) {
      int more = 1 + random.nextInt(3);
      for (int i = 0; i < more; i++) {
        words.add(WORDS.get(random.nextInt(WORDS.size())));
      }
    }
    return words.toArray(String[]::new);
  }

  /**
   * A form in which every key is named as one of blue, as the operator does; empty if it names
   * none.
   */
  static String[] ofBlue(Command command, SplittableRandom random, Client namer) {
    List<String> words = new ArrayList<>(List.of(command.fullName().split("\\|")));
    words.addAll(
        SyntaxSample.draw(
            command.syntax(),
            random,
            name -> NUMBERS.contains(name) ? "1" : OF_BLUE.get(random.nextInt(OF_BLUE.size()))));
    while (words.size() < Math.abs(command.arity())) {
      words.add(OF_BLUE.get(random.nextInt(OF_BLUE.size())));
    }
    List<Integer> keys = new ArrayList<>();
    try {
      Request named = InsideClient.request(words.toArray(String[]::new));
      named.client(namer);
      command.keys(named, keys::add);
    } catch (CommandException malformed) {
      return new String[0];
    }
    for (int key : keys) {
      String word = words.get(key);
      words.set(key, word.startsWith("blue::") ? word : "blue::" + word);
    }
    return keys.isEmpty() ? new String[0] : words.toArray(String[]::new);
  }
}
