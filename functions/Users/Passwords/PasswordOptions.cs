using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Users.Passwords;

public sealed record PasswordOptions
{
    /// <summary>At least 32 bytes, apart from the database: a copy of that alone lets nobody guess passwords. It cannot be changed.</summary>
    [Required]
    [MinLength(32)]
    [ConfigurationKeyName("PASSWORD_PEPPER")]
    public string Pepper { get; init; } = "";
}
