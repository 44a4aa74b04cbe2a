package io.keyward.engine.builtin.server;

import static java.util.stream.Collectors.toSet;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.acl.AccessControl;
import io.keyward.engine.builtin.acl.RuleException;
import io.keyward.engine.builtin.acl.Selector;
import io.keyward.engine.builtin.acl.User;
import io.keyward.engine.builtin.connection.ClientKill;
import io.keyward.engine.command.CommandBuilder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** ACL SETUSER, GETUSER, DELUSER, LIST and USERS. */
final class AclUserCommands {
  private static final CommandException BLANKS =
      CommandException.error("Usernames can't contain spaces or null characters");
  private static final CommandException DEFAULT_STAYS =
      CommandException.error("The 'default' user cannot be removed");

  private AclUserCommands() {}

  static void declare(CommandBuilder acl) {
    acl.subcommand(
            AclCommands.administrative("setuser", -3, AclUserCommands::set)
                .summary("Makes a user, or changes what it may do.")
                .complexity("O(N). Where N is the number of rules provided.")
                .syntax("username [rule [rule ...]]")
                .runsInSlices()
                .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                .secretsBy(
                    (request, positions) -> {
                      for (int i = 2; i < request.count(); i++) {
                        positions.accept(i);
                      }
                    }))
        .subcommand(
            AclCommands.administrative("getuser", 3, AclUserCommands::get)
                .summary("Tells what a user may do.")
                .complexity(
                    "O(N). Where N is the number of password, command and pattern rules that the"
                        + " user has.")
                .syntax("username"))
        .subcommand(
            AclCommands.administrative("deluser", -3, AclUserCommands::delete)
                .summary("Removes users and closes their connections.")
                .complexity("O(1) amortized time considering the typical user.")
                .syntax("username [username ...]")
                .tips("request_policy:all_nodes", "response_policy:all_succeeded"))
        .subcommand(
            AclCommands.administrative("list", 2, AclUserCommands::list)
                .summary("Returns all users as lines of rules.")
                .complexity("O(N). Where N is the number of configured users."))
        .subcommand(
            AclCommands.administrative("users", 2, AclUserCommands::names)
                .summary("Returns the names of all users.")
                .complexity("O(N). Where N is the number of configured users."));
  }

  private static void set(Request request, Reply reply) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    String name = request.text(2);
    if (AccessControl.hasBlanks(name)) {
      throw BLANKS;
    }
    List<String> rules = new ArrayList<>();
    for (int i = 3; i < request.count(); i++) {
      rules.add(request.text(i));
      Slices.step(request);
    }
    AccessControl.Change change;
    try {
      change = keyspace.access().attempt(name, rules, () -> Slices.longStep(request));
    } catch (RuleException wrong) {
      throw CommandException.error(wrong.reason());
    }
    if (change.grows() && !keyspace.home().memoryLimit().makeRoom(keyspace)) {
      throw Errors.OUT_OF_MEMORY;
    }
    boolean losesChannels = change.losesChannels();
    keyspace.access().accept(change);
    User user = keyspace.access().user(name);
    if (losesChannels && user != null) {
      ClientKill.close(keyspace, request, client -> listensTooFar(client, user));
    }
    reply.ok();
  }

  /** Whether a client of this user listens to what it may no longer listen to. */
  private static boolean listensTooFar(Client client, User user) {
    ClientState state = ClientState.of(client);
    return state.user() == user
        && (denied(state.patterns(), user, true)
            || denied(state.channels(), user, false)
            || denied(state.shardChannels(), user, false));
  }

  private static boolean denied(Set<Key> names, User user, boolean patterns) {
    return names.stream().anyMatch(name -> !user.mayListen(name.bytes(), patterns));
  }

  private static void delete(Request request, Reply reply) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    for (int i = 2; i < request.count(); i++) {
      if (request.text(i).equals(AccessControl.DEFAULT_USER)) {
        throw DEFAULT_STAYS;
      }
    }
    Set<User> removed = new HashSet<>();
    for (int i = 2; i < request.count(); i++) {
      User user = keyspace.access().remove(request.text(i));
      if (user != null) {
        removed.add(user);
      }
    }
    reply.integer(removed.size());
    closeConnections(keyspace, request, removed);
  }

  /** Closes the connections of users that are there no more; until then they may do nothing. */
  static void closeConnections(BuiltinKeyspace keyspace, Request request, Set<User> removed) {
    Set<Client> theirs =
        keyspace.clients().stream()
            .filter(client -> removed.contains(ClientState.of(client).user()))
            .collect(toSet());
    theirs.forEach(
        client -> {
          keyspace.members().logOut(client);
          client.authenticated(false);
        });
    ClientKill.close(keyspace, request, theirs::contains);
  }

  private static void get(Request request, Reply reply) {
    User user = AclCommands.access(request).user(request.text(2));
    if (user == null) {
      reply.nothing();
      return;
    }
    reply.map(6);
    reply.bulk("flags");
    reply.set(user.flags().size());
    user.flags().forEach(reply::bulk);
    reply.bulk("passwords");
    reply.array(user.passwords().size());
    user.passwords().forEach(reply::bulk);
    List<Selector> selectors = user.selectors();
    rules(selectors.getFirst(), reply);
    reply.bulk("selectors");
    reply.array(selectors.size() - 1L);
    selectors.stream()
        .skip(1)
        .forEach(
            selector -> {
              reply.map(3);
              rules(selector, reply);
            });
  }

  private static void rules(Selector selector, Reply reply) {
    reply.bulk("commands");
    reply.bulk(selector.commandRules());
    reply.bulk("keys");
    reply.bulk(selector.keyRules());
    reply.bulk("channels");
    reply.bulk(selector.channelRules());
  }

  private static void list(Request request, Reply reply) {
    Collection<User> users = AclCommands.access(request).users();
    reply.array(users.size());
    users.forEach(user -> reply.bulk(user.line()));
  }

  private static void names(Request request, Reply reply) {
    Collection<User> users = AclCommands.access(request).users();
    reply.array(users.size());
    users.forEach(user -> reply.bulk(user.name()));
  }
}
