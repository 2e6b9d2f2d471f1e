namespace HyperCore.Core.Menu;

/// <summary>Where the columns of the list of VMs are: where the state begins, and where the figures end.</summary>
internal readonly struct VmColumns
{
    private const int WideList = 90;

    private VmColumns(int right, bool isWide)
    {
        Uptime = right;
        Exits = right - (isWide ? 12 : 9);
        Cpu = right - (isWide ? 22 : 17);
        Vcpus = right - (isWide ? 30 : 24);
        Memory = right - (isWide ? 38 : 30);
        State = right - (isWide ? 55 : 47);
    }

    public int State { get; }

    public int Memory { get; }

    public int Vcpus { get; }

    public int Cpu { get; }

    public int Exits { get; }

    public int Uptime { get; }

    /// <summary>The columns of a list of a width whose figures end at <paramref name="right"/>.</summary>
    public static VmColumns In(int right, int width) => new(right, width >= WideList);
}
