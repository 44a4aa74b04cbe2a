package io.keyward.engine.builtin.script;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keyward.engine.builtin.Bench;
import java.nio.charset.StandardCharsets;

/**
 * Any bytes given to cjson, cmsgpack and struct are read or refused, and what has been read is
 * written and read again as the same.
 *
 * <p>With JAZZER_FUZZ=1 in the environment the tests search on; otherwise they run the inputs that
 * are kept beside them.
 */
class LibrariesFuzzTest {
  /**
   * Members of an object come in any order, so lengths are compared; what is nested too deeply for
   * cmsgpack is written as nil, and a table of nil as an empty one.
   */
  private static final String AGAIN =
      " if not first then return 'refused' end"
          + " local second, text = pcall(write, value)"
          + " if not second then return 'not to be written' end"
          + " local again = write(read(text))"
          + " return #again <= #text and 'same' or text .. ' became ' .. again";

  private static final String JSON =
      "local read, write = cjson.decode, cjson.encode local first, value = pcall(read, ARGV[1])"
          + AGAIN;
  private static final String MESSAGE_PACK =
      "local read, write = cmsgpack.unpack, cmsgpack.pack"
          + " local first, value = pcall(read, ARGV[1])"
          + AGAIN;
  private static final String STRUCT =
      "local at = string.find(ARGV[1], '%z') or #ARGV[1] + 1"
          + " local format, data = string.sub(ARGV[1], 1, at - 1), string.sub(ARGV[1], at + 1)"
          + " local size = {pcall(struct.size, format)}"
          + " local values = {pcall(struct.unpack, format, data)}"
          + " if not values[1] then return 'refused' end"
          + " if size[1] and size[2] > #data then return 'read beyond the end' end"
          + " return 'same'";

  private final Bench bench = new Bench();

  @FuzzTest(maxDuration = "60s")
  void jsonIsReadOrRefused(byte[] data) {
    run(JSON, data);
  }

  @FuzzTest(maxDuration = "60s")
  void messagePackIsReadOrRefused(byte[] data) {
    run(MESSAGE_PACK, data);
  }

  @FuzzTest(maxDuration = "60s")
  void structIsReadOrRefused(byte[] data) {
    run(STRUCT, data);
  }

  private void run(String script, byte[] data) {
    String text = new String(data, StandardCharsets.ISO_8859_1);
    assertThat(bench.run("eval", script, "0", text))
        .isIn("\"same\"", "\"refused\"", "\"not to be written\"");
  }
}
