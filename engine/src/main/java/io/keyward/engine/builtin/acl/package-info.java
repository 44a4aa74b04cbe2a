/**
 * Who may do what in a keyspace: users, what their rules allow, and the log of what was refused.
 *
 * <p>Everything belongs to the home loop of its keyspace. The rules and their texts are those of
 * Redis's ACL; see <a
 * href="https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/">its
 * documentation</a>.
 */
@NullMarked
package io.keyward.engine.builtin.acl;

import org.jspecify.annotations.NullMarked;
