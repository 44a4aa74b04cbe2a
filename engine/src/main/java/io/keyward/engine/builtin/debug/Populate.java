package io.keyward.engine.builtin.debug;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** DEBUG POPULATE: string keys {@code <prefix>:<number>}, those that are there left as they are. */
final class Populate {
  private static final int LONGEST_EMBEDDED = 44;

  private Populate() {}

  static void run(Request request, Reply reply) {
    Database database = Database.of(request);
    long count = request.integer(2, 0, Integer.MAX_VALUE, Errors.NOT_POSITIVE);
    String prefix = request.count() > 3 ? request.text(3) : "key";
    int size =
        request.count() > 4
            ? (int) request.integer(4, 0, Integer.MAX_VALUE / 2, Errors.NOT_POSITIVE)
            : 0;
    Slices.expect(request, count);
    Slices slices = database.keyspace().slices();
    Entry view = database.newView();
    for (long i = 0; i < count; i++) {
      slices.step();
      byte[] key = (prefix + ":" + i).getBytes(StandardCharsets.ISO_8859_1);
      if (database.find(key, 0, key.length, request.now(), view) != null) {
        continue;
      }
      byte[] value = ("value:" + i).getBytes(StandardCharsets.US_ASCII);
      if (size > 0) {
        value = Arrays.copyOf(value, size);
      }
      Entry created =
          database
              .placement()
              .create(
                  key,
                  0,
                  key.length,
                  Type.STRING,
                  value.length <= LONGEST_EMBEDDED ? Encoding.EMBSTR : Encoding.RAW,
                  Entry.lengthBytes(value.length) + value.length,
                  -1,
                  view);
      created.writeString(value, 0, value.length);
      database.changed(key, 0, key.length, 0, "");
    }
    reply.ok();
  }
}
