package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.deployment.Actor;
import io.keyward.gateway.deployment.DeploymentException;
import io.keyward.gateway.deployment.Lifecycle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A gateway with the tenant librechat, whose deployments blue and green are in its file, as its
 * operator leads it; its data outlives a restart.
 */
final class LibrechatGateway implements AutoCloseable {
  /** Who does what a test does itself. */
  static final Actor TEST = new Actor("test", "");

  private final Path folder;
  private Gateway gateway;

  /** Starts it with file and data in a folder. */
  LibrechatGateway(Path folder) throws IOException {
    this.folder = folder;
    write("", "");
    gateway = started();
  }

  /**
   * Writes the file anew; a reload or restart reads it.
   *
   * @param ofTenant lines among the tenant's
   * @param further lines behind its deployments
   */
  void write(String ofTenant, String further) throws IOException {
    Files.writeString(
        folder.resolve("keyward.yaml"),
        """
        event-loops: 2
        operator: {username: operator, password: of-operator}
        tenants:
          librechat:
            secret: of-librechat
            max-deployments: 3
        %s
            deployments:
              blue:  {prefix: librechat-blue,  password: blue-secret}
              green: {prefix: librechat-green, password: green-secret}
        %s
        """
            .formatted(ofTenant, further));
  }

  private Gateway started() {
    return Gateways.startWith(
        Map.of(),
        folder.resolve("keyward.yaml").toString(),
        "--dir",
        folder.resolve("data").toString(),
        "--appendonly",
        "yes");
  }

  /** Starts it again after it was closed. */
  void open() {
    gateway = started();
  }

  void restart() {
    close();
    open();
  }

  @Override
  public void close() {
    gateway.close();
  }

  Gateway gateway() {
    return gateway;
  }

  Lifecycle lifecycle() {
    return gateway.lifecycle();
  }

  /** A client that has not logged in. */
  Wire connect() {
    return Wire.to(gateway.ports().redis());
  }

  /** A client that has logged in. */
  Wire logIn(String user, String password) {
    Wire wire = connect();
    assertThat(wire.ask("AUTH " + user + " " + password)).isEqualTo("+OK");
    return wire;
  }

  Wire operator() {
    return logIn("operator", "of-operator");
  }

  /** What a login by the tenant's secret is told. */
  String refusal(String user) {
    try (Wire wire = connect()) {
      return wire.ask("AUTH " + user + " of-librechat");
    }
  }

  Object state(String deployment) throws DeploymentException {
    return lifecycle().info(deployment).get("state");
  }

  /** The names of all deployments. */
  List<Object> listed() throws DeploymentException {
    return lifecycle().list().stream().map(line -> line.get("name")).toList();
  }

  /**
   * Waits until a client's connection is closed, which gets no answer any more, and closes the
   * client's side, for which the gateway waits a while.
   */
  static void awaitEnd(Wire wire) {
    assertThat(wire.readToEnd()).isEmpty();
    wire.close();
  }

  /** An action's answer, by its fields. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> told(Object answer) {
    return (Map<String, Object>) answer;
  }
}
