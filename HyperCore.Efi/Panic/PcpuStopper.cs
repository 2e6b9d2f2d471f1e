namespace HyperCore.Efi.Panic;

/// <summary>Stops the other pCPUs when one has failed.</summary>
public abstract class PcpuStopper
{
    /// <summary>Sends every other pCPU an NMI, which ends in <see cref="PanicHandler.StopHere"/>.</summary>
    /// <param name="self">Number of the pCPU that has failed.</param>
    /// <returns>How many were sent one.</returns>
    public abstract int StopOthers(int self);
}
