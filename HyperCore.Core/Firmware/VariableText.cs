using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Firmware;

/// <summary>Results in words for the person at the machine: what the firmware said, and what can be done.</summary>
public static class VariableText
{
    /// <summary>What the firmware said: "the firmware has no room for more variables".</summary>
    public static string Reason(VariableResult result) => result switch
    {
        VariableResult.Done => "done",
        VariableResult.NotFound => "the firmware does not find the variable",
        VariableResult.TooLarge => "the variable is larger than any that HyperCore knows of",
        VariableResult.OutOfSpace => "the firmware has no room for more variables",
        VariableResult.WriteProtected => "the firmware says that the variable cannot be changed",
        VariableResult.AccessDenied => "the firmware does not allow it",
        VariableResult.DeviceError => "the memory that keeps the firmware's variables has failed",
        VariableResult.Unsupported => "the firmware does not change variables while an operating system runs",
        _ => "the firmware refused it",
    };

    /// <summary>What the person at the machine can do; empty when there is nothing.</summary>
    public static string Advice(VariableResult result) => result switch
    {
        VariableResult.OutOfSpace => "delete boot entries that are not needed in the firmware's set-up, or load its defaults there",
        VariableResult.WriteProtected or VariableResult.AccessDenied => "look in the firmware's set-up for a lock on its settings or boot order",
        VariableResult.DeviceError => "the board's flash memory may be worn out or write-protected by a jumper",
        VariableResult.Unsupported => "update the firmware, if there is an update",
        _ => "",
    };

    /// <summary>Appends both: "the firmware has no room for more variables; delete ...".</summary>
    public static void Append(ref TextBuilder text, VariableResult result)
    {
        text.Append(Reason(result));
        if (Advice(result).Length > 0)
        {
            text.Append("; ");
            text.Append(Advice(result));
        }
    }
}
