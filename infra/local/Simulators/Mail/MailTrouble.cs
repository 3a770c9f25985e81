using System.Text.Json.Serialization;

namespace ServerlessBusiness.Simulators.Mail;

public enum MailTroubleMode
{
    [JsonStringEnumMemberName("421")] NotAvailable,
    [JsonStringEnumMemberName("550")] NoSuchMailbox,
    [JsonStringEnumMemberName("451")] TryLater,
    [JsonStringEnumMemberName("cut")] Cut
}

// 421 refuses the connection, 550 a recipient, 451 the message; "cut" ends the connection after the message has been taken.
public sealed record MailTrouble(MailTroubleMode Mode, int Times = 1);
