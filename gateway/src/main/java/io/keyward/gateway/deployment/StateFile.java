package io.keyward.gateway.deployment;

import io.keyward.config.directive.RefusedException;
import io.keyward.config.file.OwnFile;
import io.keyward.config.file.WholeFile;
import io.keyward.tenancy.Deployment;
import io.keyward.tenancy.Roster;
import io.keyward.tenancy.Tenancy;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What of the deployments outlives a restart beside their keys, in one file of JSON that is
 * replaced whole: aliases, and which deployments were made, drained, retired or are to be.
 */
final class StateFile {
  static final String NAME = OwnFile.DEPLOYMENTS.fileName();
  private static final int VERSION = 1;

  private final Tenancy tenancy;

  StateFile(Tenancy tenancy) {
    this.tenancy = tenancy;
  }

  /** Replaces the file in a folder. */
  void write(Path folder) throws IOException {
    byte[] text = (state().encodePrettily() + "\n").getBytes(StandardCharsets.UTF_8);
    WholeFile.replace(folder.resolve(NAME), text);
  }

  private JsonObject state() {
    JsonArray aliases = new JsonArray();
    for (Roster.Leading leading : tenancy.roster().leading()) {
      aliases.add(
          new JsonObject()
              .put("alias", leading.alias())
              .put("tenant", leading.tenant())
              .put("deployment", leading.deployment()));
    }
    JsonArray deployments = new JsonArray();
    for (Deployment deployment : tenancy.deployments()) {
      if (!deployment.tenantName().isEmpty() && !deployment.shared()) {
        deployments.add(
            new JsonObject()
                .put("tenant", deployment.tenantName())
                .put("deployment", deployment.name())
                .put("created", deployment.createdAt())
                .put("last-connection", deployment.lastConnection())
                .put("closed", deployment.closed())
                .put("retired", deployment.retired())
                .put("retire-after", deployment.ownRetireAfterMillis()));
      }
    }
    return new JsonObject()
        .put("version", VERSION)
        .put("aliases", aliases)
        .put("deployments", deployments);
  }

  /**
   * Takes over what the file of a folder says, if there is one.
   *
   * @throws IOException if it cannot be understood; the message says what to do
   */
  void read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      return;
    }
    try {
      JsonObject state = new JsonObject(Files.readString(file));
      if (state.getInteger("version") != VERSION) {
        throw new DecodeException("its version is not " + VERSION);
      }
      for (Object alias : state.getJsonArray("aliases")) {
        JsonObject known = (JsonObject) alias;
        tenancy
            .roster()
            .lead(
                new Roster.Leading(
                    known.getString("alias"),
                    known.getString("tenant"),
                    known.getString("deployment")));
      }
      for (Object deployment : state.getJsonArray("deployments")) {
        restore((JsonObject) deployment);
      }
    } catch (RefusedException | RuntimeException | CharacterCodingException damaged) {
      throw new IOException(
          file
              + ": "
              + String.valueOf(damaged.getMessage()).lines().findFirst().orElse("")
              + ". Remedy: repair it, or delete it; then every deployment takes logins and there"
              + " are no aliases",
          damaged);
    }
  }

  private void restore(JsonObject known) {
    Deployment deployment =
        tenancy.roster().restored(known.getString("tenant"), known.getString("deployment"));
    if (deployment != null) {
      deployment.known(known.getLong("created"), known.getLong("last-connection"));
      deployment.closed(known.getBoolean("closed"));
      deployment.retired(known.getBoolean("retired"));
      deployment.retireAfterMillis(known.getLong("retire-after"));
    }
  }
}
