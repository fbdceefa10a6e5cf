package io.godwit.s3;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The policies of `docs/roles.md`, as they stand there.
public final class BucketPolicies {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern POLICY =
            Pattern.compile(
                    "^The (\\w+)'s:\n\n```json\n(.*?)\n```$", Pattern.DOTALL | Pattern.MULTILINE);

    private final Map<String, JsonNode> roles = new TreeMap<>();

    private BucketPolicies() {}

    public static BucketPolicies ofDocs(String bucket, String prefix) throws IOException {
        Path docs = Path.of("").toAbsolutePath().resolveSibling("docs");
        String text =
                Files.readString(docs.resolve("roles.md"))
                        .replace("BUCKET/PREFIX", bucket + "/" + prefix)
                        .replace("PREFIX/", prefix + "/")
                        .replace(":::BUCKET", ":::" + bucket);
        BucketPolicies policies = new BucketPolicies();
        Matcher matcher = POLICY.matcher(text);
        while (matcher.find()) {
            policies.roles.put(matcher.group(1), JSON.readTree(matcher.group(2)));
        }
        return policies;
    }

    public List<String> roles() {
        return List.copyOf(roles.keySet());
    }

    /// One policy for the bucket, in which each role is the account of that name. The condition on
    /// puts is left out, for servers that do not know it.
    public String ofBucket() {
        ArrayNode statements = JSON.createArrayNode();
        roles.forEach(
                (role, policy) -> {
                    for (JsonNode one : policy.get("Statement")) {
                        ObjectNode statement = (ObjectNode) one.deepCopy();
                        statement.put("Sid", role + statement.get("Sid").asString());
                        statement.put("Principal", role);
                        if (isConditionOnPuts(statement.get("Condition"))) {
                            statement.remove("Condition");
                        }
                        statements.add(statement);
                    }
                });
        ObjectNode whole = JSON.createObjectNode();
        whole.put("Version", "2012-10-17");
        whole.set("Statement", statements);
        return JSON.writeValueAsString(whole);
    }

    /// Roles of which each right to put is bound to the condition.
    public List<String> boundToConditions() {
        List<String> bound = new ArrayList<>();
        roles.forEach(
                (role, policy) -> {
                    boolean all = true;
                    for (JsonNode statement : policy.get("Statement")) {
                        boolean puts =
                                statement.get("Action").toString().contains("s3:PutObject\"");
                        all &= !puts || isConditionOnPuts(statement.get("Condition"));
                    }
                    if (all) {
                        bound.add(role);
                    }
                });
        return bound;
    }

    private static boolean isConditionOnPuts(
            @org.jspecify.annotations.Nullable JsonNode condition) {
        return condition != null
                && condition.toString().equals("{\"Null\":{\"s3:if-none-match\":\"false\"}}");
    }
}
