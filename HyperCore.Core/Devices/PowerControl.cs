namespace HyperCore.Core.Devices;

/// <summary>What a device asks of the VM it is part of when the guest turns the machine off or resets it.</summary>
public abstract class PowerControl
{
    /// <summary>The guest turned the machine off (ACPI S5).</summary>
    public abstract void PowerOff();

    /// <summary>The guest reset the machine.</summary>
    /// <param name="how">By what means, for people to read: <c>port CF9h</c>, <c>keyboard controller</c>.</param>
    public abstract void Reset(string how);
}
