package io.keyward.engine.builtin.script;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The scripts that a keyspace knows, found by text or by digest.
 *
 * <p>When they take too much room, those that have not been used for longest are forgotten; a
 * client that calls one of them by digest is answered NOSCRIPT and sends the text again.
 */
final class ScriptCache {
  private final LongSupplier mostBytes;
  private final Map<ScriptText, Script> byText = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Digest, ScriptText> byDigest = new HashMap<>();
  private final ScriptText textProbe = new ScriptText();
  private final Digest digestProbe = new Digest();
  private long bytes;

  /** An empty cache; how many bytes it may take is asked for when a script is added. */
  ScriptCache(LongSupplier mostBytes) {
    this.mostBytes = mostBytes;
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

  void add(Script script) {
    ScriptText text = new ScriptText().fill(script.text(), 0, script.text().length);
    byText.put(text, script);
    byDigest.put(digest(script), text);
    bytes += script.footprint();
    long most = mostBytes.getAsLong();
    Iterator<Script> oldest = byText.values().iterator();
    while (bytes > most && byText.size() > 1) {
      Script forgotten = oldest.next();
      oldest.remove();
      byDigest.remove(digest(forgotten));
      bytes -= forgotten.footprint();
    }
  }

  private static Digest digest(Script script) {
    Digest digest = new Digest();
    digest.fill(script.digest().getBytes(StandardCharsets.US_ASCII), 0, Digest.HEX_LENGTH);
    return digest;
  }

  void clear() {
    byText.clear();
    byDigest.clear();
    bytes = 0;
  }

  int count() {
    return byText.size();
  }

  /** About how many bytes texts and compiled forms take. */
  long bytes() {
    return bytes;
  }
}
