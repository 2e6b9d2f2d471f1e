namespace HyperCore.Core.Firmware;

/// <summary>What the firmware answered to a read or a write of a variable.</summary>
public enum VariableResult
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>There is no such variable.</summary>
    NotFound,

    /// <summary>The variable is larger than the buffer.</summary>
    TooLarge,

    /// <summary>There is no room for it.</summary>
    OutOfSpace,

    /// <summary>The variable cannot be changed.</summary>
    WriteProtected,

    /// <summary>The firmware does not allow it.</summary>
    AccessDenied,

    /// <summary>The memory behind the variables has failed.</summary>
    DeviceError,

    /// <summary>The firmware does not do this, or not any more once boot services have ended.</summary>
    Unsupported,

    /// <summary>The firmware refused the parameters, or gave a status that says nothing.</summary>
    Refused,
}
