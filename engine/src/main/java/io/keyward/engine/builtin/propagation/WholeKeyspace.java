package io.keyward.engine.builtin.propagation;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How effects on a whole keyspace are written in the global view, where it is but a part of the
 * data: all keys with its prefix.
 *
 * <p>A real Redis knows no such part, so what FLUSHDB and SWAPDB do to it, and what a clone is, is
 * written as scripts that do the same there. It has one set of functions, too: what it cannot do
 * with libraries of one keyspace without harm to those of others is written as scripts that do
 * nothing there. We know them by their texts when they are replayed. A note, which Redis skips,
 * says before them and before commands on functions whose they are:
 *
 * <pre>
 * #KEYWARD:keyspace=blue
 * #KEYWARD:everywhere
 * </pre>
 *
 * <p>The latter stands before a command that is for such a Redis alone.
 */
public final class WholeKeyspace {
  /** ARGV: the pattern of the keyspace's keys. */
  public static final String FLUSH =
      "local c='0' repeat local r=redis.call('SCAN',c,'MATCH',ARGV[1],'COUNT',1000)"
          + " for _,k in ipairs(r[2]) do redis.call('DEL',k) end c=r[1] until c=='0'";

  /** ARGV: the pattern of the keyspace's keys, the numbers of two databases. */
  public static final String SWAP =
      "local p,a,b=ARGV[1],ARGV[2],ARGV[3]"
          + " local function keys(d) redis.call('SELECT',d) local f,c={},'0' repeat"
          + " local r=redis.call('SCAN',c,'MATCH',p,'COUNT',1000)"
          + " for _,k in ipairs(r[2]) do f[k]=true end c=r[1] until c=='0' return f end"
          + " local x,y,t=keys(a),keys(b),'\\0swap:'"
          + " for k in pairs(y) do redis.call('RENAME',k,t..k) end"
          + " redis.call('SELECT',a) for k in pairs(x) do redis.call('MOVE',k,b) end"
          + " redis.call('SELECT',b) for k in pairs(y) do redis.call('MOVE',t..k,a) end"
          + " redis.call('SELECT',a) for k in pairs(y) do redis.call('RENAME',t..k,k) end";

  /**
   * ARGV: the pattern of the keys of another keyspace, what stands before each of them and before
   * each of this one's, and the numbers of the databases that hold any.
   */
  public static final String CLONE =
      "local p,f,t=ARGV[1],ARGV[2],ARGV[3] for i=4,#ARGV do redis.call('SELECT',ARGV[i])"
          + " local c='0' repeat local r=redis.call('SCAN',c,'MATCH',p,'COUNT',1000)"
          + " for _,k in ipairs(r[2]) do redis.call('COPY',k,t..string.sub(k,#f+1)) end"
          + " c=r[1] until c=='0' end";

  /**
   * ARGV: the text of a library that a Redis cannot have beside those of other keyspaces: it has a
   * function of the same name in another library.
   */
  public static final String LOAD_LIBRARY = "return 'a library of one keyspace alone is loaded'";

  /** ARGV: the name of a library of which another keyspace has one, so that a Redis keeps it. */
  public static final String DELETE_LIBRARY = "return 'one keyspace has a library no longer'";

  private static final String NOTE = "KEYWARD:keyspace=";
  private static final String EVERYWHERE = "KEYWARD:everywhere";

  private WholeKeyspace() {}

  /** The note that names a keyspace by its prefix; empty for the one without. */
  public static byte[] note(String prefix) {
    return prefix.isEmpty() ? new byte[0] : (NOTE + prefix).getBytes(StandardCharsets.UTF_8);
  }

  /** The note before a command that changes the functions of a Redis and no keyspace's. */
  public static byte[] everywhere() {
    return EVERYWHERE.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether a note says that. */
  public static boolean isEverywhere(@Nullable String line) {
    return EVERYWHERE.equals(line);
  }

  /** The prefix that a note names, or null if it says something else. */
  public static @Nullable String noted(String line) {
    return line.startsWith(NOTE) ? line.substring(NOTE.length()) : null;
  }

  /** The prefix of the keyspace whose keys begin so in the global view. */
  public static String prefixOf(String beforeKeys) {
    return beforeKeys.endsWith("::")
        ? beforeKeys.substring(0, beforeKeys.length() - 2)
        : beforeKeys;
  }

  /** The glob that matches all keys of a keyspace in the global view. */
  public static byte[] pattern(String prefix) {
    StringBuilder glob = new StringBuilder();
    for (int i = 0; i < prefix.length(); i++) {
      char character = prefix.charAt(i);
      if ("*?[]^\\-".indexOf(character) >= 0) {
        glob.append('\\');
      }
      glob.append(character);
    }
    return glob.append("::*").toString().getBytes(StandardCharsets.UTF_8);
  }
}
