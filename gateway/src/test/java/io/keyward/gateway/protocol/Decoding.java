package io.keyward.gateway.protocol;

import io.keyward.engine.Request;
import io.keyward.engine.RequestSize;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Feeds bytes to an {@link Input} in pieces and gathers what comes out, as text. */
final class Decoding {
  private final Input input = new Input((requests, count) -> {});
  private final Input.Scratch scratch = new Input.Scratch();
  private final List<List<String>> requests = new ArrayList<>();
  private final long longestBulk;
  private final boolean authenticated;
  private String error = "";

  Decoding(long longestBulk, boolean authenticated) {
    this.longestBulk = longestBulk;
    this.authenticated = authenticated;
  }

  /** What a stream of bytes means. */
  record Result(List<List<String>> requests, String error, long kept) {}

  static Decoding plain() {
    return new Decoding(512 << 20, true);
  }

  /** As the plain one, but longer arguments and requests are passed over. */
  static Decoding limited(long longestArgument, long all) {
    Decoding decoding = plain();
    decoding.input.limit(new RequestSize(longestArgument, all));
    return decoding;
  }

  static Result whole(byte[] stream) {
    Decoding decoding = plain();
    decoding.feed(stream);
    return decoding.result();
  }

  static Result split(byte[] stream, int... boundaries) {
    Decoding decoding = plain();
    int from = 0;
    for (int boundary : boundaries) {
      decoding.feed(Arrays.copyOfRange(stream, from, boundary));
      from = boundary;
    }
    decoding.feed(Arrays.copyOfRange(stream, from, stream.length));
    return decoding.result();
  }

  Decoding feed(String ascii) {
    return feed(ascii.getBytes(StandardCharsets.ISO_8859_1));
  }

  Decoding feed(byte[] piece) {
    if (!error.isEmpty()) {
      return this;
    }
    input.receive(Unpooled.wrappedBuffer(piece), scratch);
    try {
      while (input.next(scratch, longestBulk, authenticated)) {
        if (input.excess() != null) {
          requests.add(List.of("too large: " + input.excess()));
          continue;
        }
        Request request = input.request(scratch);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < request.count(); i++) {
          words.add(new String(request.copyOf(i), StandardCharsets.ISO_8859_1));
        }
        requests.add(words);
      }
    } catch (ProtocolException malformed) {
      error = malformed.isAttack() ? "attack" : malformed.line();
    }
    input.settle(scratch, false);
    return this;
  }

  Result result() {
    return new Result(List.copyOf(requests), error, error.isEmpty() ? input.kept() : 0);
  }

  List<List<String>> requests() {
    return requests;
  }

  String error() {
    return error;
  }

  Input input() {
    return input;
  }
}
