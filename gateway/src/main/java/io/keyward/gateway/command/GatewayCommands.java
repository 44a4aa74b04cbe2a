package io.keyward.gateway.command;

import io.keyward.engine.builtin.replication.ReplicationCommands;
import io.keyward.engine.builtin.replication.WaitCommands;
import io.keyward.engine.command.CommandTable;
import io.keyward.gateway.deployment.Lifecycle;
import io.keyward.gateway.server.Server;
import java.util.function.Supplier;

/** Every command that the gateway adds to those of the engine. */
public final class GatewayCommands {
  private GatewayCommands() {}

  /** Declares them all; the server and the lifecycle are asked only when one is executed. */
  public static void declare(CommandTable table, Server server, Supplier<Lifecycle> lifecycle) {
    new LoginCommands(server).declare(table);
    new ConfigCommands(server).declare(table);
    new InfoCommand(server).declare(table);
    new SaveCommands(server).declare(table);
    new ShutdownCommand(server).declare(table);
    new ClusterCommands(server).declare(table);
    new AppendOnlyCommands(server).declare(table);
    new DeploymentCommands(lifecycle).declare(table);
    new ReplicationCommands(server::replication).declare(table);
    new WaitCommands(server::replication, () -> server.durability().appendOnly().forced())
        .declare(table);
  }
}
