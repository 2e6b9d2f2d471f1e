namespace HyperCore.Core.Menu;

/// <summary>How a line of facts is to be taken.</summary>
public enum FactLevel
{
    /// <summary>Just so.</summary>
    Neutral,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Worth a look.</summary>
    Careful,

    /// <summary>The reason something does not work.</summary>
    Bad,
}
