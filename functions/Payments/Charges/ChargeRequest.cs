using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>An invoice's money is asked for. Never a card number: the browser exchanges it for a token at the provider.</summary>
public sealed record ChargeRequest
{
    [Required]
    public Guid? InvoiceId { get; init; }

    [Required]
    public Guid? UserId { get; init; }

    public Guid? SubscriptionId { get; init; }

    [Required]
    public Money? Amount { get; init; }

    /// <summary>Which part of the invoice this pays: one more than the payments that have arrived. A part is paid once.</summary>
    [Range(1, 1000)]
    public int Installment { get; init; } = 1;

    /// <summary>One of ours, or saved: the user's default card or wallet.</summary>
    [Required, StringLength(30)]
    public string Method { get; init; } = "";

    [StringLength(20)]
    public string? Bank { get; init; }

    [Required, StringLength(200, MinimumLength = 1)]
    public string Description { get; init; } = "";

    public ChargeCustomer? Customer { get; init; }

    /// <summary>The amount by lines; their sum must be the amount.</summary>
    [MaxLength(100)]
    public IReadOnlyList<ChargeItem>? Items { get; init; }

    /// <summary>How long the payer may take; the provider's usual time when not given.</summary>
    public int? ExpiresInMinutes { get; init; }

    /// <summary>Where a wallet's app or page sends the payer back to.</summary>
    [StringLength(500)]
    [RegularExpression(@"^[A-Za-z][A-Za-z0-9+.-]*://\S+\z", ErrorMessage = "callbackUrl is an address with its scheme, of a page or an app.")]
    public string? CallbackUrl { get; init; }

    /// <summary>A card's token from the provider's script in the browser.</summary>
    [StringLength(200)]
    public string? CardToken { get; init; }

    /// <summary>Only hold the money of a card; POST /v1/payments/{id}/capture takes it.</summary>
    public bool AuthorizeOnly { get; init; }

    /// <summary>Keep the card for later charges, when the payer wants that.</summary>
    public bool SaveMethod { get; init; }

    /// <summary>Charge a saved card or a linked wallet of the user.</summary>
    public Guid? PaymentMethodId { get; init; }

    /// <summary>Only a transfer goes to a bank; whatever else was given with one is not another wish because of it.</summary>
    internal string? BankOfMethod => Method == PaymentMethods.BankTransfer ? Bank : null;
}

/// <summary>Shown to the payer by the provider; not kept here.</summary>
public sealed record ChargeCustomer
{
    [StringLength(100)]
    public string? FirstName { get; init; }

    [StringLength(100)]
    public string? LastName { get; init; }

    [EmailAddress, StringLength(254)]
    public string? Email { get; init; }

    [StringLength(20)]
    public string? Phone { get; init; }
}

public sealed record ChargeItem(string Name, decimal Price, int Quantity);
