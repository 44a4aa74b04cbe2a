package io.keyward.engine.builtin.debug;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** DEBUG PROTOCOL: one reply of each type there is, for the tests of client libraries. */
final class ProtocolSamples {
  private static final CommandException UNKNOWN =
      CommandException.error(
          "Wrong protocol type name. Please use one of the following:"
              + " string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");

  private ProtocolSamples() {}

  static void write(String type, Reply reply) {
    switch (type.toLowerCase(Locale.ROOT)) {
      case "string" -> reply.bulk("Hello World");
      case "integer" -> reply.integer(12345);
      case "double" -> reply.number(3.141);
      case "bignum" -> reply.bigNumber("1234567999999999999999999999999999999");
      case "null" -> reply.nothing();
      case "array" -> {
        reply.array(3);
        zeroToTwo(reply);
      }
      case "set" -> {
        reply.set(3);
        zeroToTwo(reply);
      }
      case "map" -> {
        reply.map(3);
        for (int i = 0; i < 3; i++) {
          reply.integer(i);
          reply.bool(i == 1);
        }
      }
      case "attrib" -> attribute(reply);
      case "push" -> push(reply);
      case "verbatim" ->
          reply.verbatim("txt", "This is a verbatim\nstring".getBytes(StandardCharsets.US_ASCII));
      case "true" -> reply.bool(true);
      case "false" -> reply.bool(false);
      default -> throw UNKNOWN;
    }
  }

  private static void zeroToTwo(Reply reply) {
    for (int i = 0; i < 3; i++) {
      reply.integer(i);
    }
  }

  /** An attribute precedes a reply and is none itself. */
  private static void attribute(Reply reply) {
    if (reply.resp3()) {
      reply.attribute(1);
      reply.bulk("key-popularity");
      reply.array(2);
      reply.bulk("key:123");
      reply.integer(90);
    }
    reply.bulk("Some real reply following the attribute");
  }

  /** A push comes beside the replies, so a reply has to follow it. */
  private static void push(Reply reply) {
    if (!reply.resp3()) {
      throw CommandException.error("RESP2 is not supported by this command");
    }
    reply.push(2);
    reply.bulk("server-cpu-usage");
    reply.integer(42);
    reply.bulk("Some real reply following the push reply");
  }
}
