package io.keyward.engine.builtin.script;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The scripts that a keyspace knows, found by text or by digest.
 *
 * <p>Those that have not been used for longest are the first to be forgotten; a client that calls
 * one of them by digest is answered NOSCRIPT and sends the text again.
 */
final class ScriptCache {
  private final LongConsumer counted;
  private final Map<ScriptText, Script> byText = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Digest, ScriptText> byDigest = new HashMap<>();
  private final ScriptText textProbe = new ScriptText();
  private final Digest digestProbe = new Digest();
  private long bytes;

  /**
   * An empty cache.
   *
   * @param counted is told how many bytes it takes more, or less if negative
   */
  ScriptCache(LongConsumer counted) {
    this.counted = counted;
  }

  /** The script of exactly this text, or null. */
  @Nullable Script byText(byte[] source, int offset, int length) {
    Script found = byText.get(textProbe.fill(source, offset, length));
    textProbe.clear();
    return found;
  }

  /** The script of this digest in hexadecimal digits of any case, or null. */
  @Nullable Script byDigest(byte[] source, int offset, int length) {
    if (!digestProbe.fill(source, offset, length)) {
      return null;
    }
    ScriptText text = byDigest.get(digestProbe);
    return text == null ? null : byText.get(text);
  }

  /** Adds a script, which is the last to be forgotten. */
  void add(Script script) {
    ScriptText text = new ScriptText().fill(script.text(), 0, script.text().length);
    byText.put(text, script);
    // Before what may find no memory, since it is counted when it is forgotten, too.
    count(script.footprint());
    byDigest.put(digest(script), text);
  }

  /** Forgets those that were not used for longest, until no more than so many bytes are left. */
  void shrinkTo(long most) {
    Iterator<Script> oldest = byText.values().iterator();
    while (bytes > most && oldest.hasNext()) {
      Script forgotten = oldest.next();
      oldest.remove();
      byDigest.remove(digest(forgotten));
      count(-forgotten.footprint());
    }
  }

  private void count(long change) {
    bytes += change;
    counted.accept(change);
  }

  private static Digest digest(Script script) {
    Digest digest = new Digest();
    digest.fill(script.digest().getBytes(StandardCharsets.US_ASCII), 0, Digest.HEX_LENGTH);
    return digest;
  }

  void clear() {
    byText.clear();
    byDigest.clear();
    count(-bytes);
  }

  int count() {
    return byText.size();
  }

  /** About how many bytes texts and compiled forms take. */
  long bytes() {
    return bytes;
  }
}
