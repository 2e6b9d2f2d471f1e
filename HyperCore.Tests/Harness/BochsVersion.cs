namespace HyperCore.Tests.Harness;

/// <summary>The versions of Bochs that scripts/lib/bochs.sh fetches.</summary>
internal enum BochsVersion
{
    /// <summary>3.1: OVMF has ACPI tables, and has switched VMX on and locked it.</summary>
    V31,

    /// <summary>2.7: OVMF has no ACPI tables, and has left IA32_FEATURE_CONTROL alone.</summary>
    V27,
}
