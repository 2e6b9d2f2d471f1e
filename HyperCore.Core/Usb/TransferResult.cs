namespace HyperCore.Core.Usb;

/// <summary>How a control transfer ended.</summary>
internal enum TransferResult : byte
{
    Success,

    /// <summary>The device refused the request; the endpoint works on.</summary>
    Stall,

    /// <summary>The bus failed, or the device talked nonsense; the endpoint works on.</summary>
    Error,

    /// <summary>The device did not answer in time; the endpoint works on.</summary>
    TimedOut,

    /// <summary>The endpoint cannot be brought back.</summary>
    Broken,
}
