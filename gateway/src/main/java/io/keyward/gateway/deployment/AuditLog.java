package io.keyward.gateway.deployment;

import io.keyward.config.file.OwnFile;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What was done with deployments, by whom and with what result: one line of JSON each, without
 * secrets.
 *
 * <pre>
 * audit.log      up to {@value #MOST_BYTES} bytes
 * audit.log.1    the ones before, up to audit.log.{@value #OLDER}
 * </pre>
 *
 * <p>Methods block on the disk and are called by one thread at a time.
 */
final class AuditLog {
  private static final String NAME = OwnFile.AUDIT.fileName();
  private static final int MOST_BYTES = 1024 * 1024;
  private static final int OLDER = 4;

  /** Finds the folder, which is made if it is not there. */
  interface Folder {
    Path path() throws IOException;
  }

  private final Folder folder;

  AuditLog(Folder folder) {
    this.folder = folder;
  }

  /**
   * Notes an action.
   *
   * @param with what it was done with, such as a target; without secrets
   * @param result {@code done}, or why it was not
   */
  void note(Actor actor, String action, String deployment, Map<String, Object> with, String result)
      throws IOException {
    JsonObject line =
        new JsonObject()
            .put("at", Instant.now().toString())
            .put("who", actor.name())
            .put("from", actor.address())
            .put("action", action)
            .put("deployment", deployment);
    with.forEach(line::put);
    line.put("result", result);
    byte[] bytes = (line.encode() + "\n").getBytes(StandardCharsets.UTF_8);
    Path path = folder.path().resolve(NAME);
    if (Files.exists(path) && Files.size(path) + bytes.length > MOST_BYTES) {
      rotate(path);
    }
    Files.write(path, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static void rotate(Path path) throws IOException {
    for (int i = OLDER - 1; i >= 1; i--) {
      Path older = path.resolveSibling(NAME + "." + i);
      if (Files.exists(older)) {
        Files.move(
            older, path.resolveSibling(NAME + "." + (i + 1)), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.move(path, path.resolveSibling(NAME + ".1"), StandardCopyOption.REPLACE_EXISTING);
  }

  /** The last lines, the newest first. */
  List<String> last(int count) throws IOException {
    List<String> found = new ArrayList<>();
    Path path = folder.path().resolve(NAME);
    for (int i = 0; i <= OLDER && found.size() < count; i++) {
      Path file = i == 0 ? path : path.resolveSibling(NAME + "." + i);
      if (Files.exists(file)) {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        for (int at = lines.size() - 1; at >= 0 && found.size() < count; at--) {
          found.add(lines.get(at));
        }
      }
    }
    return found;
  }
}
