package peer;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** What is read of a CloudTrail record. Jackson skips the rest without making objects of it. */
@JsonIgnoreProperties(ignoreUnknown = true)
record CloudTrailRecord(
    String eventID,
    String eventTime,
    String eventSource,
    String eventName,
    String awsRegion,
    String sourceIPAddress,
    String userAgent,
    String errorCode,
    boolean readOnly,
    UserIdentity userIdentity) {

  @JsonIgnoreProperties(ignoreUnknown = true)
  record UserIdentity(String type, String arn, String principalId, String invokedBy, SessionContext sessionContext) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record SessionContext(String sourceIdentity, SessionIssuer sessionIssuer) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record SessionIssuer(String arn) {}

  private static final ObjectReader READER = JsonMapper.builder().build().readerFor(CloudTrailRecord.class);

  static CloudTrailRecord parse(byte[] json) throws IOException {
    CloudTrailRecord event = READER.readValue(json);
    if (event == null) throw new IOException("JSON null is no record");
    return event;
  }

  /**
   * Who acted: the person where the session is named for one, the role where the name is one of a run or an instance, else
   * the user, account or service.
   */
  String identity() {
    if (userIdentity == null) return "unknown";
    SessionContext session = userIdentity.sessionContext;
    if (session != null && session.sourceIdentity != null) return session.sourceIdentity;
    String arn = userIdentity.arn;
    if (session != null && session.sessionIssuer != null && session.sessionIssuer.arn != null) {
      return arn != null && arn.indexOf('@') >= 0 ? arn : session.sessionIssuer.arn;
    }
    if (arn != null) return arn;
    if (userIdentity.principalId != null) return userIdentity.principalId;
    return userIdentity.invokedBy == null ? "unknown" : userIdentity.invokedBy;
  }
}
