package io.keyward.gateway;

import io.keyward.config.Settings;
import io.keyward.config.directive.Directive;
import io.keyward.config.tenant.TenantSettings;
import io.keyward.gateway.server.Server;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a start shows: one screen. */
final class Banner {
  private Banner() {}

  static String text(Gateway gateway) {
    Server server = gateway.server();
    Settings settings = server.settings();
    Gateway.Ports ports = gateway.ports();
    List<String> listening = new ArrayList<>();
    if (ports.redis() != 0) {
      listening.add("port " + ports.redis());
    }
    if (ports.tls() != 0) {
      listening.add("TLS port " + ports.tls());
    }
    String socket = server.live().text(Directive.UNIXSOCKET);
    if (!socket.isEmpty()) {
      listening.add("socket " + socket);
    }
    String bind = String.join(" ", server.live().words(Directive.BIND));
    StringBuilder text = new StringBuilder();
    text.append("\n  Keyward ").append(Server.version());
    text.append(", speaks the protocol of Redis ").append(Server.redisVersion()).append("\n\n");
    line(text, "clients", String.join(", ", listening) + " on " + bind);
    line(text, "engine", "built in, in this process");
    line(text, "deployments", deployments(server, settings));
    line(text, "durability", durability(server));
    line(text, "transport", server.transport() + ", event loops: " + settings.eventLoops());
    if (ports.admin() != 0) {
      String host = settings.admin().host();
      String bracketed = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
      line(text, "metrics", "http://" + bracketed + ":" + ports.admin() + "/metrics");
    }
    line(text, "process", Long.toString(ProcessHandle.current().pid()));
    return text.toString();
  }

  private static String deployments(Server server, Settings settings) {
    List<String> all = new ArrayList<>();
    if (server.tenancy().hasDefault()) {
      all.add(
          (settings.prefix().isEmpty() ? "one, without a prefix" : settings.prefix())
              + (server.open() ? ", no password" : ", with a password"));
    }
    for (TenantSettings tenant : settings.tenancy().tenants()) {
      all.add(
          tenant.deployments().size()
              + " of "
              + tenant.name()
              + (tenant.secrets().isEmpty() ? "" : " and what logins create"));
    }
    return String.join("; ", all);
  }

  private static String durability(Server server) {
    String points = server.live().text(Directive.SAVE);
    if (server.live().flag(Directive.APPENDONLY)) {
      return "append-only file in %s, fsync %s%s"
          .formatted(
              Path.of(server.live().text(Directive.DIR))
                  .resolve(server.live().text(Directive.APPENDDIRNAME)),
              server.live().text(Directive.APPENDFSYNC),
              points.isEmpty() ? "" : "; snapshots at " + points + " (seconds and changes)");
    }
    return points.isEmpty()
        ? "none but SAVE and BGSAVE, what is not saved is lost when the process ends"
        : "snapshots in %s, at %s (seconds and changes)"
            .formatted(server.snapshots().place().snapshot(), points);
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("  ").append(name).append(" ".repeat(12 - name.length())).append(value);
    text.append('\n');
  }
}
