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

    /// <summary>The logarithm of bcrypt's rounds. Who raises it has each password hashed anew when its owner signs in next.</summary>
    [Range(4, 16)]
    [ConfigurationKeyName("BCRYPT_COST")]
    public int Cost { get; init; } = PasswordScheme.LeastCost;
}
